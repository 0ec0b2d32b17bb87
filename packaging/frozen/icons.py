"""The program's icon in the forms that Windows, macOS and Linux want, from resources/icons/difffit.svg."""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SVG = Path(__file__).resolve().parents[2] / "resources" / "icons" / "difffit.svg"
LARGEST = 1024  # pixels, for macOS
WINDOWS_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
LINUX_SIZES = (16, 32, 48, 64, 128, 256, 512)


def draw(size: int) -> QImage:
    """The icon, `size` pixels wide and high."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SVG)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def as_pillow(image: QImage) -> Image.Image:
    """The same picture for the library that knows the icon formats."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return Image.open(BytesIO(data.data()))


def write_icons(folder: Path) -> None:
    """difffit.ico, difffit.icns and difffit-SIZE.png."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in LINUX_SIZES:
        draw(size).save(str(folder / f"difffit-{size}.png"))
    sizes = [as_pillow(draw(size)) for size in WINDOWS_SIZES]
    sizes[-1].save(folder / "difffit.ico", sizes=[(size, size) for size in WINDOWS_SIZES], append_images=sizes[:-1])
    as_pillow(draw(LARGEST)).save(folder / "difffit.icns")


if __name__ == "__main__":
    write_icons(Path(sys.argv[1]))
