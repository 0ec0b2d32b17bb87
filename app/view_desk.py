"""What the View menu does to the 3D view: sides, projection, motion, slices, zones, pictures and movies."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import get_args

import numpy as np
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QMainWindow

from app.actions import Handlers
from app.controller import Controller
from app.movie import MovieMaker
from app.saving import IMAGE_FILTERS, ask_where, save_image
from app.scene.split_view import SplitView
from app.scene.styles import Axis, Side
from app.shell.clip_dialog import ClipDialog
from app.shell.picture_dialog import MovieDialog, MovieWish, PictureDialog, PictureWish
from difffit_core.document.session import Session

ZONE_RADIUS = 8.0  # Å around the structures


class ViewDesk(QObject):
    """Asks the viewport, and remembers what it cannot be asked about."""

    message = Signal(str)
    failed = Signal(object)  # Exception

    def __init__(self, window: QMainWindow, controller: Controller, split: SplitView) -> None:
        super().__init__(window)
        self._window, self._controller, self._split, self._view = window, controller, split, split.first.view
        self._orthographic, self._spinning = False, False
        self._clip = (0.0, 1.0)  # shares of the scene's depth between which it is shown
        self._zones: dict[str, str] = {}  # maps that are shown only around `all` structures, or around the `chosen` one
        self.movie = MovieMaker(self._view, controller.tasks)
        self.movie.message.connect(self.message)
        self.movie.failed.connect(self.failed)
        controller.document.changed.connect(self._follow)
        controller.selection.changed.connect(self._draw_zones)

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        sides: dict[str, Callable[[], None]] = {
            f"view_{side}": partial(self._view.view_from, side) for side in get_args(Side)
        }
        return sides | {
            "frame_all": self._view.frame_all,
            "frame_map": self._frame_map,
            "orthographic": self._toggle_projection,
            "spin": self._toggle_spin,
            "clip": self.ask_clip,
            "save_image": self.ask_picture,
            "save_movie": self.ask_movie,
        }

    def do(self, key: str, what: str) -> None:
        """What a menu of the data panel asks of the view alone: `frame`, `slice x`, `zone all` …"""
        match what.split():
            case ["frame"]:
                self._view.frame(key)
            case ["slice", "none"]:
                self._view.hide_slice(key)
            case ["slice", axis] if axis in get_args(Axis):
                self._view.show_slice(key, axis=axis)  # type: ignore[arg-type]
            case ["zone", "off"]:
                self._zones.pop(key, None)
                self._view.set_zone(key, None)
            case ["zone", around]:
                self._zones[key] = around
                self._draw_zones()

    def _frame_map(self) -> None:
        if self._controller.selection.map_key is not None:
            self._view.frame(self._controller.selection.map_key)

    def ask_clip(self) -> None:
        """Let the user cut away what is near or far."""
        dialog = ClipDialog(*self._clip, self._window)
        dialog.changed.connect(self._set_clip)
        dialog.show()

    def _set_clip(self, front: float, back: float) -> None:
        self._clip = (front, back)
        self._view.set_clip(front, back)

    def ask_picture(self) -> None:
        """Let the user choose size and looks of a picture."""
        dialog = PictureDialog(self._size(), self._window)
        dialog.asked.connect(self._ask_picture_file)
        dialog.open()

    def ask_movie(self) -> None:
        """Let the user choose size and length of a movie."""
        dialog = MovieDialog(self._size(), self._window)
        dialog.asked.connect(self._ask_movie_file)
        dialog.open()

    def _ask_picture_file(self, wish: PictureWish) -> None:
        path = ask_where(self._window, "Save image", "difffit.png", IMAGE_FILTERS, self._controller.preferences)
        if path is not None:
            work = partial(save_image, self.picture(wish), path)
            self._controller.tasks.submit(work, on_result=partial(self._note_saved, path), on_error=self.failed.emit)

    def picture(self, wish: PictureWish) -> QImage:
        """The view as it was asked for; both views side by side while two placements are compared."""
        views = self._split.views
        parts = [
            view.image(
                wish.width // len(views), wish.height,
                transparent=wish.transparent, overlays=wish.overlays, samples=wish.samples,
            )
            for view in views
        ]  # fmt: skip
        pixels = np.concatenate(parts, axis=1)
        height, width, _ = pixels.shape
        return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()

    def _ask_movie_file(self, wish: MovieWish) -> None:
        preferences = self._controller.preferences
        if wish.kind == "gif":
            path = ask_where(self._window, "Save movie", "turntable.gif", "GIF (*.gif)", preferences)
        else:
            chosen = QFileDialog.getExistingDirectory(self._window, "Folder for the pictures", preferences.folder)
            path = Path(chosen) if chosen else None
        if path is not None:
            self.movie.start(wish, path)

    def _note_saved(self, path: Path, _: None) -> None:
        self.message.emit(f"Saved {path}.")

    def _size(self) -> QSize:
        views = self._split.views
        return QSize(sum(view.width() for view in views), self._view.height()) * self._view.devicePixelRatioF()

    def _toggle_projection(self) -> None:
        self._orthographic = not self._orthographic
        self._view.set_projection("orthographic" if self._orthographic else "perspective")

    def _toggle_spin(self) -> None:
        self._spinning = not self._spinning
        self._view.set_motion("spin" if self._spinning else "none")

    def _follow(self, old: Session, new: Session) -> None:
        """Zones go with the structures."""
        self._zones = {key: around for key, around in self._zones.items() if new.find_map(key) is not None}
        if old.structures != new.structures:
            self._draw_zones()

    def _draw_zones(self, _: object = None) -> None:
        session, chosen = self._controller.document.session, self._controller.selection.structure_key
        for key, around in self._zones.items():
            placed = []
            for item in session.structures:
                if around == "all" or item.key == chosen:
                    matrix = session.standing(item)
                    placed.append(item.structure.xyz @ matrix[:, :3].T + matrix[:, 3])
            if placed:
                self._view.set_zone(key, np.concatenate(placed), ZONE_RADIUS)
