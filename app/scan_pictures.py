"""Small pictures of candidates: the backbone as a ribbon of colours from its first to its last residue.

Drawn in the pool, kept in memory and, where that is allowed, in the scan's folder, so that they are there even when
the candidates are not. Whoever draws a structure knows whether it is protein or nucleic acid: the picture says so.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from app.scan_table import Candidate
from app.tasks import Tasks

SIDE = 44  # pixels, of the picture as it is shown
SCALE = 2  # pixels of the picture for each of them: screens are finer than their coordinates
MOST_POINTS = 260  # more cannot be told apart in so small a picture
MARGIN = 5  # pixels of the picture
FOLDER = "pictures"  # in the folder of a scan
KIND = "kind"  # key of what a picture says about its structure: protein, nucleic or mixed

Trace = Float64[ndarray, "point 3"]


class CandidatePictures(QObject):
    """Hands out the pictures that are there, and makes the others one after the other, the one asked for last first."""

    ready = Signal(str)  # name of the candidate

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._folder: Path | None = None
        self._known: dict[str, QPixmap | None] = {}  # by name; None when there can be none
        self.kinds: dict[str, str] = {}  # protein, nucleic or mixed, by name, as far as it is known
        self._wanted: dict[str, Candidate] = {}
        self._making: str | None = None

    def begin(self, folder: Path | None) -> None:
        """Another scan: its pictures lie in this folder."""
        self._folder, self._known, self._wanted, self.kinds = folder, {}, {}, {}

    def expect(self, candidates: Iterable[Candidate]) -> None:
        """Make the pictures of these, too, when nobody asks for another one."""
        fresh = {c.name: c for c in candidates if c.name not in self._known and c.name != self._making}
        self._wanted = fresh | self._wanted
        self._go_on()

    def picture(self, candidate: Candidate) -> QPixmap | None:
        """The picture of a candidate; None when it is still to be made, or cannot be."""
        if candidate.name not in self._known:
            self._wanted.pop(candidate.name, None)
            self._wanted[candidate.name] = candidate
            self._go_on()
        return self._known.get(candidate.name)

    def _go_on(self) -> None:
        if self._making is None and self._wanted:
            name, candidate = self._wanted.popitem()
            self._making = name
            self._tasks.submit(
                partial(picture_of, candidate.path, self._folder / FOLDER / f"{name}.png" if self._folder else None),
                on_result=partial(self._take, self._folder, name),
                on_error=lambda _: self._take(self._folder, name, None),
            )

    def _take(self, folder: Path | None, name: str, image: QImage | None) -> None:
        self._making = None
        if folder == self._folder:
            self._known[name] = _pixmap(image) if image is not None else None
            self.kinds[name] = image.text(KIND) if image is not None else ""
            self.ready.emit(name)
        self._go_on()


def picture_of(path: Path, kept: Path | None) -> QImage | None:
    """The picture of the structure in a file, or the one that was kept; None when it has no backbone to draw."""
    image = QImage(str(kept)) if kept is not None and kept.is_file() else QImage()
    if not image.isNull():
        return image
    from app.scene.traces import backbone_traces, residues_of
    from difffit_core.files.structure_files import read_structure

    structure = read_structure(path)
    found = backbone_traces(structure, residues_of(structure))
    kinds = {trace.kind for trace in found}
    image = draw_traces([trace.xyz for trace in found])
    image.setText(KIND, "mixed" if len(kinds) > 1 else "".join(kinds))
    if kept is not None:
        with suppress(OSError):  # a folder that cannot be written to: the picture is made again next time
            kept.parent.mkdir(exist_ok=True)
            image.save(str(kept))
    return image if found else None


def draw_traces(traces: list[Trace]) -> QImage:
    """The traces seen along their shortest axis, blue at the first residue and red at the last, near ones over far."""
    side = SIDE * SCALE
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    if traces:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw(painter, traces, side)
        painter.end()
    return image


def _draw(painter: QPainter, traces: list[Trace], side: int) -> None:
    """Every piece with a darker rim, from the farthest to the nearest."""
    first, last, share = _pieces(traces)
    depth = first[:, 2] + last[:, 2]
    near = (depth - depth.min()) / max(float(np.ptp(depth)), 1e-9)
    xy = _fitted(np.stack([first[:, :2], last[:, :2]]), side)
    for k in np.argsort(depth):
        a, b = (QPointF(float(x), float(y)) for x, y in xy[:, k])
        width, colour = 2.6 + 2.2 * near[k], _rainbow(float(share[k]), float(near[k]))
        painter.setPen(QPen(colour.darker(165), width + 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(a, b)
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(a, b)


def _pieces(traces: list[Trace]) -> tuple[Trace, Trace, Float64[ndarray, " point"]]:
    """Beginnings and ends of all pieces, seen from where most can be seen, and which share of the chain they are at."""
    step = max(1, sum(map(len, traces)) // MOST_POINTS)
    thinned = [_calm(trace)[::step] for trace in traces]
    thinned = [trace for trace in thinned if len(trace) > 1] or [traces[0][[0, -1]]]
    whole = np.concatenate(thinned)
    _, axes = np.linalg.eigh(np.cov(whole.T))
    turned = [(trace - whole.mean(axis=0)) @ axes[:, ::-1] for trace in thinned]
    first, last = (np.concatenate([t[:-1] for t in turned]), np.concatenate([t[1:] for t in turned]))
    return first, last, np.linspace(0.0, 1.0, len(first))


def _calm(trace: Trace) -> Trace:
    """A little smoother than the atoms lie."""
    calm = trace.copy()
    calm[1:-1] = (trace[:-2] + 2 * trace[1:-1] + trace[2:]) / 4
    return calm


def _fitted(xy: Float64[ndarray, "end piece 2"], side: int) -> Float64[ndarray, "end piece 2"]:
    """In pixels, filling the picture."""
    low, high = xy.min(axis=(0, 1)), xy.max(axis=(0, 1))
    scale = (side - 2 * MARGIN) / max(float((high - low).max()), 1e-9)
    return (xy - (low + high) / 2) * scale + side / 2


def _rainbow(share: float, near: float) -> QColor:
    return QColor.fromHsvF(0.64 * (1.0 - share), 0.72, 0.72 + 0.24 * near)


def _pixmap(image: QImage) -> QPixmap:
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(SCALE)
    return pixmap
