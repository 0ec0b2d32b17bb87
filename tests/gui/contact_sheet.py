"""Every representation, style and theme on the bundled sample, in one labelled picture.

    python -m tests.gui.contact_sheet OUT.png

Works without a display where Xvfb is installed; an ordinary display is used where there is one.
"""

import dataclasses
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import Float64, UInt8
from numpy import ndarray
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.scene.gl_setup import prepare_opengl
from app.scene.palette import CHAIN_COLOURS
from app.scene.viewport import Viewport
from app.theme import DARK, LIGHT, Theme
from difffit_core import read_structure, read_volume
from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from tests.gui.conftest import start_virtual_display
from tests.gui.measuring import crowd
from tests.gui.scene.making import duplex, sheet_and_helix

SAMPLE = Path(__file__).parents[2] / "resources" / "samples" / "haemoglobin"
LEVEL = 0.0675
CHAIN_IN_MAP = np.array(
    [
        [0.566887, -0.244634, 0.786634, 54.511859],
        [0.373472, -0.774803, -0.510098, 23.742687],
        [0.734273, 0.582953, -0.347862, 32.614694],
    ]
)
WHOLE_IN_MAP = np.array(
    [
        [-0.240774, -0.836579, 0.492101, 24.2019],
        [0.354089, 0.39636, 0.847065, 18.251069],
        [-0.903686, 0.378198, 0.200791, 82.490319],
    ]
)
PANEL, COLUMNS, CAPTION, GAP = (440, 330), 4, 30, 12  # pixels
BLUE, ORANGE = (0.22, 0.48, 0.86), (0.90, 0.52, 0.16)


class Studio:
    """A viewport and the sample, with what the panels have in common."""

    def __init__(self) -> None:
        self.view = Viewport()
        self.view.resize(*PANEL)
        self.view.show()
        self.volume: Volume = read_volume(SAMPLE / "emd_3488.map.gz")
        self.chain: Structure = read_structure(SAMPLE / "A.pdb")
        self.whole: Structure = read_structure(SAMPLE / "whole.pdb")
        self.close_up: ndarray | None = None  # the point (Å) to look at from near; everything when None

    def clear(self) -> None:
        """An empty scene, seen from the front."""
        self.view.clear()
        self.close_up = None
        self.view.clear_poses()
        self.view.clear_clusters()
        self.view.show_trails([])
        self.view.set_clip()
        self.view.set_projection("perspective")
        self.view.view_from("front")

    def show_map(self, opacity: float = 0.35) -> None:
        """The map in the theme's colour."""
        colour = self.view._scene.theme.map_colour
        self.view.show_map("map", self.volume, level=LEVEL, colour=colour, opacity=opacity)

    def show_whole(self) -> None:
        """All four chains at their place."""
        self.view.show_structure("whole", self.whole, map_from_model=WHOLE_IN_MAP)

    def show_chain(self) -> None:
        """One chain at its place, in blue."""
        self.view.show_structure("chain", self.chain, colour=BLUE, map_from_model=CHAIN_IN_MAP)

    def picture(self) -> UInt8[ndarray, "height width 4"]:
        """What is seen when everything has been computed, with legends."""
        self.view.frame_all()
        _wait_for(lambda: not self.view._builder.busy)
        if self.close_up is not None:
            self.view._scene.camera.look_at(self.close_up)
            self.view._scene.camera.zoom(8)
        return self.view.image(*PANEL, overlays=True)


def cartoon(studio: Studio) -> None:
    """Cartoon by chain."""
    studio.show_whole()


def tube(studio: Studio) -> None:
    """Tube by B-factor (made-up values)."""
    away = np.linalg.norm(studio.whole.xyz - studio.whole.centroid_xyz, axis=1)
    structure = dataclasses.replace(studio.whole, b_factor=(15 + 0.08 * away**2).astype(np.float32))
    studio.view.show_structure("whole", structure, map_from_model=WHOLE_IN_MAP)
    studio.view.set_structure_style("whole", representation="tube", colour_by="b_factor")


def sticks(studio: Studio) -> None:
    """Sticks by element."""
    studio.show_chain()
    studio.view.set_structure_style("chain", representation="sticks", colour_by="element")


def spheres(studio: Studio) -> None:
    """Spheres by chain."""
    studio.show_whole()
    studio.view.set_structure_style("whole", representation="spheres")


def predicted(studio: Studio) -> None:
    """Cartoon by pLDDT (made-up values)."""
    studio.show_chain()
    view = studio.view
    share = studio.chain.residue_index / studio.chain.residue_index[-1]
    b_factor = 70 - 32 * np.cos(7 * share)
    structure = dataclasses.replace(studio.chain, b_factor=b_factor.astype(np.float32))
    view.show_structure("chain", structure, map_from_model=CHAIN_IN_MAP)
    view.set_structure_style("chain", colour_by="plddt")


def residue_fit(studio: Studio) -> None:
    """Cartoon by a value per residue, one highlighted."""
    studio.show_chain()
    values = np.sin(np.arange(studio.chain.residue_index[-1] + 1) / 9.0)
    studio.view.set_structure_style("chain", residue_values=values, residue_title="correlation per residue")
    studio.view.highlight("chain", 60)


def surface(studio: Studio) -> None:
    """Opaque surface."""
    studio.show_map(opacity=1.0)


def see_through(studio: Studio) -> None:
    """Transparent surface around cartoons."""
    studio.show_map()
    studio.show_whole()


def mesh(studio: Studio) -> None:
    """Mesh around sticks, within 4 Å of a chain."""
    studio.show_map()
    studio.show_chain()
    studio.view.set_structure_style("chain", representation="sticks", colour_by="element")
    studio.view.set_map_style("map", style="mesh")
    studio.view.set_zone("map", _placed(studio.chain.xyz, CHAIN_IN_MAP), 4.0)


def close_up(studio: Studio) -> None:
    """Close-up of the haem in the mesh around it."""
    mesh(studio)
    haem = _placed(studio.chain.xyz[studio.chain.residue_name == "HEM"], CHAIN_IN_MAP)
    studio.view.set_zone("map", haem, 3.0)
    studio.close_up = haem.mean(axis=0)


def two_maps(studio: Studio) -> None:
    """Two maps at two levels."""
    studio.show_map(opacity=0.25)
    studio.view.show_map("second", studio.volume, level=3.5 * LEVEL, colour=ORANGE, opacity=0.9)


def sliced(studio: Studio) -> None:
    """Slice through a mesh."""
    studio.show_map()
    studio.view.set_map_style("map", style="mesh")
    studio.view.show_slice("map", axis="y", position=0.5)
    studio.view._scene.camera.rotate(60, 170, PANEL)


def clipped(studio: Studio) -> None:
    """Clipped, orthographic."""
    studio.show_map(opacity=1.0)
    studio.show_whole()
    studio.view.set_structure_style("whole", representation="spheres")
    studio.view.set_projection("orthographic")
    studio.view.set_clip(front=0.5)


def zone(studio: Studio) -> None:
    """Zone of 5 Å around a chain."""
    studio.show_map(opacity=0.5)
    studio.show_chain()
    studio.view.set_zone("map", _placed(studio.chain.xyz, CHAIN_IN_MAP), 5.0)


def poses(studio: Studio) -> None:
    """A running fit: poses, trails, best pose."""
    studio.show_map()
    studio.show_chain()
    random = np.random.default_rng(0)
    target = _placed(studio.chain.xyz, CHAIN_IN_MAP).mean(axis=0)
    start = random.uniform(15, 90, (200, 3))
    share = random.uniform(0, 0.7, (200, 1)) ** 2
    end = start + share * (target - start)
    studio.view.show_poses(end, -np.linalg.norm(end - target, axis=1) / 60 + 1, title="correlation")
    studio.view.show_trails([_bent(a, b) for a, b in zip(start[:60], end[:60], strict=True)])


def clusters(studio: Studio) -> None:
    """Cluster spheres, one selected, and copies."""
    studio.show_map()
    studio.show_chain()
    random = np.random.default_rng(1)
    position = random.uniform(20, 85, (24, 3))
    colour = np.where(random.random(24)[:, None] < 0.6, BLUE, ORANGE)
    studio.view.show_clusters(range(24), position, 40 * random.random(24) ** 2, colour)
    studio.view.select_clusters([3])
    moved = CHAIN_IN_MAP + np.array([[0, 0, 0, 0], [0, 0, 0, 40.0], [0, 0, 0, 0]])
    studio.view.show_copy("copy", of="chain", map_from_model=moved, colour=ORANGE)


def nucleic(studio: Studio) -> None:
    """Nucleic acid ladder (made-up duplex)."""
    studio.view.show_structure("made", duplex())
    studio.view._scene.camera.rotate(30, 250, PANEL)


def strands(studio: Studio) -> None:
    """Strands and a helix (made-up)."""
    studio.view.show_structure("made", sheet_and_helix())
    studio.view._scene.camera.rotate(-40, 35, PANEL)


def crowded(studio: Studio) -> None:
    """18,000 atoms as spheres."""
    studio.view.show_structure("made", crowd(studio.whole, 4 * len(studio.whole)))
    studio.view.set_structure_style("made", representation="spheres")
    studio.view._scene.camera.rotate(50, 150, PANEL)


def places(studio: Studio) -> None:
    """Copies in colours of their clusters."""
    studio.show_map(opacity=0.2)
    studio.show_chain()
    turn = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    for number, colour in enumerate(CHAIN_COLOURS[1:6]):
        angle = np.radians(60.0 * (number + 1))
        turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        middle = _placed(studio.whole.xyz, WHOLE_IN_MAP).mean(axis=0)
        turn[:3, 3] = middle - turn[:3, :3] @ middle
        moved = turn[:3, :3] @ CHAIN_IN_MAP + np.column_stack([np.zeros((3, 3)), turn[:3, 3]])
        studio.view.show_copy(f"copy {number}", of="chain", map_from_model=moved, colour=tuple(colour))


PANELS = (cartoon, tube, sticks, spheres, predicted, residue_fit, surface, see_through, mesh, close_up, two_maps,
          sliced, clipped, zone, poses, clusters, nucleic, strands, crowded, places)  # fmt: skip


def contact_sheet() -> QImage:
    """All panels in the light theme, and below them all in the dark one."""
    studio = Studio()
    try:
        pictures = [
            (_shoot(studio, panel, theme), panel.__doc__ or "", theme) for theme in (LIGHT, DARK) for panel in PANELS
        ]
    finally:
        studio.view.close_scene()
    return _composed(pictures)


def _shoot(studio: Studio, panel: Callable[[Studio], None], theme: Theme) -> ndarray:
    studio.clear()
    studio.view.set_theme(theme)
    panel(studio)
    return studio.picture()


def _composed(pictures: list[tuple[ndarray, str, Theme]]) -> QImage:
    width, height = PANEL[0] + GAP, PANEL[1] + CAPTION + GAP
    rows = -(-len(pictures) // COLUMNS)
    sheet = QImage(COLUMNS * width + GAP, rows * height + GAP, QImage.Format.Format_RGB32)
    sheet.fill(QColor(128, 130, 134))
    painter = QPainter(sheet)
    font = QFont()
    font.setPixelSize(15)
    painter.setFont(font)
    for number, (pixels, title, theme) in enumerate(pictures):
        left, top = GAP + number % COLUMNS * width, GAP + number // COLUMNS * height
        image = QImage(pixels.tobytes(), *PANEL, 4 * PANEL[0], QImage.Format.Format_RGBA8888)
        painter.drawImage(left, top + CAPTION, image)
        painter.setPen(QColor(255, 255, 255))
        place = QRectF(left, top, PANEL[0], CAPTION)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"{title.rstrip('.')} ({theme.name})")
    painter.end()
    return sheet


def _placed(xyz: Float64[ndarray, "atom 3"], map_from_model: Float64[ndarray, "3 4"]) -> Float64[ndarray, "atom 3"]:
    return xyz @ map_from_model[:, :3].T + map_from_model[:, 3]


def _bent(start: Float64[ndarray, "3"], end: Float64[ndarray, "3"]) -> Float64[ndarray, "step 3"]:
    share = np.linspace(0, 1, 20)[:, None]
    return start + share * (end - start) + 3 * np.sin(np.pi * share) * np.array([1.0, 1.0, 0.0])


def _wait_for(finished: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = QDeadlineTimer(int(1000 * seconds))
    while not finished():
        if deadline.hasExpired():
            raise TimeoutError("The scene did not become ready in two minutes.")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def main(arguments: list[str]) -> int:
    """Write the contact sheet to the path given."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tests.gui.contact_sheet OUT.png\n")
        return 2
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        if shutil.which("Xvfb") is None:
            sys.stderr.write("The contact sheet needs a display; install Xvfb or run it on a desktop.\n")
            return 1
        os.environ["DISPLAY"], os.environ["QT_QPA_PLATFORM"] = start_virtual_display(), "xcb"
    prepare_opengl()
    application = QApplication([])
    application.setApplicationName("DiffFit contact sheet")
    if not contact_sheet().save(arguments[0]):
        sys.stderr.write(f"{arguments[0]} cannot be written; choose another folder.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
