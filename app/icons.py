"""Line icons, tinted with the theme's text colour, and the program's own icon."""

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QDir, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.theme import Theme, token

SIZES = (16, 20, 24, 32, 48, 64)


def add_resource_path() -> None:
    """Let stylesheets and Qt find our files under `resources:`."""
    QDir.setSearchPaths("resources", [str(files("resources"))])


@cache
def themed_icon(name: str, theme: Theme) -> QIcon:
    """The icon `resources/icons/NAME.svg` in the theme's text colour, greyed where disabled."""
    icon = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, "text"), (QIcon.Mode.Disabled, "strong_line")):
        for size in SIZES:
            icon.addPixmap(icon_pixmap(name, token(theme, colour), size), mode)
    return icon


def icon_pixmap(name: str, colour: QColor, size: int) -> QPixmap:
    """The icon in one colour, `size` pixels wide and high."""
    svg = files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")
    return _render(svg.replace("currentColor", colour.name()), size)


def program_icon() -> QIcon:
    """The program's own icon, in its own colours."""
    svg = files("resources").joinpath("icons", "difffit.svg").read_text(encoding="utf-8")
    icon = QIcon()
    for size in (*SIZES, 128, 256):
        icon.addPixmap(_render(svg, size))
    return icon


def program_pixmap(size: int) -> QPixmap:
    """The program's own icon as a picture, `size` pixels wide and high."""
    return _render(files("resources").joinpath("icons", "difffit.svg").read_text(encoding="utf-8"), size)


def _render(svg: str, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
