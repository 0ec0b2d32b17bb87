"""A full turn of the view as a movie: drawn picture by picture between other events, written in the pool."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

from jaxtyping import UInt8
from numpy import ndarray
from PySide6.QtCore import QObject, QTimer, Signal

from app.scene.viewport import Viewport
from app.shell.picture_dialog import MovieWish
from app.tasks import Tasks
from difffit_core.errors import DiffFitError

SECONDS_PER_TURN = 6.0
Picture = UInt8[ndarray, "height width 4"]


class Writer(Protocol):
    """Takes pictures in their order."""

    def add(self, picture: Picture) -> None: ...
    def close(self) -> None: ...


class Pictures:
    """Numbered PNG files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, picture: Picture) -> None:
        """Write the next one."""
        from imageio import v3

        self._count += 1
        v3.imwrite(self._folder / f"frame_{self._count:04d}.png", picture)

    def close(self) -> None:
        """Everything is written already."""


class Gif:
    """An animated GIF that repeats for ever."""

    def __init__(self, path: Path, frames: int) -> None:
        from imageio import v2

        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = v2.get_writer(path, mode="I", duration=1000 * SECONDS_PER_TURN / frames, loop=0)

    def add(self, picture: Picture) -> None:
        """Append the next picture; a GIF knows no half transparency."""
        self._writer.append_data(picture[:, :, :3])

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()


class MovieMaker(QObject):
    """One picture is drawn when the one before has been written, so memory holds only one."""

    progressed = Signal(str, float)  # text, fraction
    ended = Signal()
    message = Signal(str)
    failed = Signal(object)  # Exception

    def __init__(self, viewport: Viewport, tasks: Tasks) -> None:
        super().__init__()
        self._viewport, self._tasks = viewport, tasks
        self._pictures: Iterator[Picture] | None = None
        self._writer: Writer | None = None
        self._wish: MovieWish | None = None
        self._path = Path()
        self._done = 0

    @property
    def busy(self) -> bool:
        """Whether a movie is being made."""
        return self._pictures is not None

    def start(self, wish: MovieWish, path: Path) -> None:
        """Make a movie; `path` is the GIF's or the folder's."""
        if self.busy:
            return
        try:
            self._writer = Gif(path, wish.frames) if wish.kind == "gif" else Pictures(path)
        except OSError as error:
            self.failed.emit(DiffFitError(f"{path} cannot be written ({error.strerror}); choose another place."))
            return
        self._wish, self._path, self._done = wish, path, 0
        self._pictures = self._viewport.turntable(wish.frames, wish.width, wish.height, transparent=wish.transparent)
        self._next()

    def cancel(self) -> None:
        """Stop; what has been written stays."""
        if self.busy:
            self._end()
            self.message.emit("The movie was cancelled.")

    def _next(self) -> None:
        if self._pictures is None or self._writer is None or self._wish is None:
            return
        picture = next(self._pictures, None)
        if picture is None:
            self._end()
            self.message.emit(f"Saved {self._path}.")
            return
        self.progressed.emit(f"Movie · {self._done + 1} of {self._wish.frames}", self._done / self._wish.frames)
        self._tasks.submit(partial(self._writer.add, picture), on_result=self._go_on, on_error=self._fail)

    def _go_on(self, _: None) -> None:
        self._done += 1
        QTimer.singleShot(0, self, self._next)

    def _fail(self, error: Exception) -> None:
        self._end()
        wrong = DiffFitError(f"{self._path} cannot be written; choose another place or free some space.")
        self.failed.emit(wrong if isinstance(error, OSError) else error)

    def _end(self) -> None:
        writer, pictures, self._writer, self._pictures = self._writer, self._pictures, None, None
        if pictures is not None and hasattr(pictures, "close"):
            pictures.close()
        if writer is not None:
            writer.close()
        self.ended.emit()
