"""The strip in the status bar that shows what runs; its place is kept, so nothing moves when it appears."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from app.widgets.labels import LiveLabel
from app.widgets.progress_line import ProgressLine

FIT = "fit"  # key of the fits among the jobs
TEXT_CHARACTERS = 44  # room for the text of a job


@dataclass(frozen=True)
class ShownJob:
    """How far one job is."""

    text: str
    fraction: float  # 0 to 1


class JobStrip(QWidget):
    """Text, bar and Cancel of one job on one line, and a list of all when there are several."""

    cancel_pressed = Signal(str)  # key of the job

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, ShownJob] = {}
        self.text = LiveLabel(characters=TEXT_CHARACTERS, alignment=Qt.AlignmentFlag.AlignRight)
        self.bar = ProgressLine()
        self.bar.setFixedWidth(180)
        self.more = QToolButton()
        self.more.setObjectName("row")
        self.more.setToolTip("Everything that runs, to cancel one of them")
        self.more.clicked.connect(self._list_jobs)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop this; fits that have ended are kept (Esc)")
        self.cancel.setStyleSheet("padding: 1px 10px; min-height: 15px;")
        self.cancel.clicked.connect(lambda: self.cancel_pressed.emit(self._first))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 8, 2)
        layout.setSpacing(8)
        for widget in (self.text, self.bar, self.more, self.cancel):
            layout.addWidget(widget)
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(widget is not self.more)
            widget.setSizePolicy(policy)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._show()

    @property
    def _first(self) -> str:
        """The job on the line: the fit, when there is one."""
        return FIT if FIT in self._jobs else next(iter(self._jobs), "")

    def show_progress(self, key: str, text: str, fraction: float) -> None:
        """Show where a job is; `fraction` 0 to 1."""
        self._jobs[key] = ShownJob(text, fraction)
        self._show()

    def show_cancelling(self, key: str) -> None:
        """Answer the press at once; the job ends a moment later."""
        if key == self._first:
            self.text.setText("Cancelling …")
            self.cancel.setEnabled(False)

    def end(self, key: str) -> None:
        """This job runs no more."""
        self._jobs.pop(key, None)
        self.cancel.setEnabled(True)
        self._show()

    def job_menu(self) -> QMenu:
        """A line for every job; choosing it cancels that job."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for key, job in self._jobs.items():
            menu.addAction(f"Cancel: {job.text}", partial(self.cancel_pressed.emit, key))
        return menu

    def _show(self) -> None:
        job, count = self._jobs.get(self._first), len(self._jobs)
        self.text.setText(job.text if job else "")
        self.bar.show_fraction(job.fraction if job else 0.0)
        self.bar.setVisible(job is not None)
        self.cancel.setVisible(job is not None)
        self.more.setVisible(count > 1)
        self.more.setText(f"{count} jobs")

    def _list_jobs(self) -> None:
        menu = self.job_menu()
        menu.popup(self.more.mapToGlobal(self.more.rect().topLeft()))
