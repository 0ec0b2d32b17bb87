"""What windows left behind that did not end well: looked for, recovered, discarded."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.autosaving import Autosaving
from app.controller import Controller
from app.project_reading import OpenWish
from app.shell.recovery_dialog import Left, RecoveryDialog


class Recovering(QObject):
    """Finds autosaves in the pool and offers them; a recovered one goes when another has taken its place."""

    open_asked = Signal(object)  # OpenWish
    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception

    def __init__(self, window: QWidget, controller: Controller) -> None:
        super().__init__(window)
        self._window, self._tasks, self._folder = window, controller.tasks, controller.autosaves
        self._autosaving: Autosaving = controller.autosaving
        self._offered: dict[Path, Left] = {}
        self._recovered: Left | None = None
        controller.project.opened.connect(self._note_opened)
        self._autosaving.written.connect(self._drop_recovered)

    def offer(self, *, answer: bool = False) -> None:
        """Look for autosaves and show them; with `answer` also say that there are none."""
        self._tasks.submit(
            partial(left_behind, self._folder), on_result=partial(self._show, answer), on_error=self.failed.emit
        )

    def end(self) -> None:
        """The window ends well: what was recovered in it has been saved or given up."""
        from difffit_core.document.autosave import discard

        if self._recovered is not None:
            discard(self._recovered.recovery)

    def _show(self, answer: bool, found: list[Left]) -> None:
        self._offered = {left.recovery.path: left for left in found}
        if found:
            dialog = RecoveryDialog(found, self._window)
            dialog.recover_asked.connect(self._recover)
            dialog.discard_asked.connect(self._discard)
            dialog.open()
        elif answer:
            self.message.emit("There is nothing to recover: every window ended well.", "info")

    def _recover(self, left: Left) -> None:
        self.open_asked.emit(OpenWish(left.recovery.path, recovered=True))

    def _discard(self, left: Left) -> None:
        from difffit_core.document.autosave import discard

        work = partial(discard, left.recovery)
        self._tasks.submit(work, on_result=lambda _: None, on_error=self.failed.emit)

    def _note_opened(self, wish: OpenWish) -> None:
        if wish.recovered:
            self._recovered = self._offered.get(wish.path)
            self._autosaving.write()

    def _drop_recovered(self) -> None:
        """The window's own autosave holds it now."""
        left, self._recovered = self._recovered, None
        if left is not None:
            self._discard(left)


def left_behind(folder: Path | None) -> list[Left]:
    """The autosaves in a folder that nobody writes any more, newest first; those that cannot be read stay there."""
    from difffit_core.document.autosave import recoverable
    from difffit_core.document.project_summary import summary_of
    from difffit_core.errors import ProjectError

    found = []
    for recovery in recoverable(folder):
        try:
            found.append(Left(recovery, summary_of(recovery.path)))
        except ProjectError:  # of a newer version, perhaps: not ours to delete
            continue
    return found
