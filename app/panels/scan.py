"""Identify: what is scanned above, the ranking as it grows below, and what can be done with a candidate."""

import re
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.file_actions import dropped_paths
from app.panels.scan_columns import column_number
from app.panels.scan_filter_bar import ScanFilterBar
from app.panels.scan_form import ScanForm
from app.panels.scan_model import ScanFilter, ScanModel, ScanProxy
from app.panels.scan_view import ScanView
from app.scan_pictures import CandidatePictures
from app.scan_table import Candidate, ScanTable
from app.theme import Theme
from app.widgets.fit_button import FitButton, Work
from app.widgets.labels import link_button, muted, rule
from app.widgets.number_box import integer_box
from difffit_core.files.kinds import is_map

IDENTIFY = Work(
    "Identify",
    "Rank the candidates by how much they stand out in the map (F8)",
    "Map and settings are those under Fit.",
    "Stop the scan; what was found is kept, and can be gone on with (Esc)",
)
NOTHING = (
    "Finds which structures of a library are in the map.\n\n"
    "Drop a folder of candidates here — or an archive, a list of\n"
    "paths, or many structures — and press Identify (F8).\n"
    "The ranking grows here while it runs. You can pause it,\nclose the window, and go on later."
)
MOST_OPENED, LINES = 50, 3


class ScanPanel(QWidget):
    """Form, buttons, filter, table, and a foot about the chosen candidate."""

    chosen_changed = Signal()
    pause_pressed = Signal()
    resume_pressed = Signal()  # go on with the scan that is shown
    open_pressed = Signal()  # somebody wants to see a scan that is in a folder
    sample_pressed = Signal()
    best_pressed = Signal(int)
    fit_pressed = Signal()
    accept_pressed = Signal()
    centre_pressed = Signal()
    report_pressed = Signal()
    filtered = Signal()
    folder_dropped = Signal(object)  # Path of a folder with a scan, dropped or offered

    def __init__(self, pictures: CandidatePictures) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._pictures = pictures
        self._last: Path | None = None  # folder of the scan that was shown last
        self.form, self.button, self.bar = ScanForm(), FitButton(IDENTIFY), ScanFilterBar()
        self.model = ScanModel(self)
        self.proxy = ScanProxy(self.model, pictures, self)
        self.table = ScanView(pictures)
        self.table.setModel(self.proxy)
        self.table.fit_columns()
        self.table.sortByColumn(column_number("rank"), Qt.SortOrder.AscendingOrder)
        pictures.ready.connect(self._take_picture)
        self._make_buttons()
        self._make_foot()
        self._lay_out()
        self._connect()
        self.begin(ScanTable())

    def set_theme(self, theme: Theme) -> None:
        """Draw in the theme's colours."""
        self.table.set_theme(theme)

    @property
    def chosen(self) -> Candidate | None:
        """The current candidate."""
        index = self.table.currentIndex()
        chosen = index.isValid() and self.table.selectionModel().isRowSelected(index.row())
        return self.model.candidates[self.proxy.mapToSource(index).row()] if chosen else None

    def choose(self, name: str) -> None:
        """Make a candidate current, and show its row; filters that hide it are taken off."""
        place = self.proxy.mapFromSource(self.model.place_of(name))
        if not place.isValid() and self.model.place_of(name).isValid():
            self.bar.clear()
            place = self.proxy.mapFromSource(self.model.place_of(name))
        if place.isValid():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(place, flags)
            self.table.scrollTo(place)

    def begin(self, table: ScanTable, missing: frozenset[str] = frozenset()) -> None:
        """Show another scan."""
        self.model.begin(table, missing)
        self._show_frame(table)

    def update_table(self, table: ScanTable) -> None:
        """Show the same scan as it stands now."""
        self.model.update(table)
        self._show_frame(table)

    def show_last(self, folder: Path | None) -> None:
        """Offer the scan that was shown last."""
        self._last = folder
        self.last_link.setVisible(folder is not None)
        self.last_link.setText(f"Open the last scan, {folder.name}" if folder is not None else "")
        self.last_link.setToolTip(f"{folder}" if folder is not None else "")

    def show_state(self, *, running: bool, paused: bool, can_resume: bool) -> None:
        """What can be done with the scan: pause and go on while it runs, go on when it was stopped before its end."""
        self.pause.setVisible(running)
        self.pause.setText("Resume" if paused else "Pause")
        self.pause.setToolTip(
            "Go on with the scan" if paused else "Let the machine rest; candidates begun are finished"
        )
        self.go_on.setVisible(can_resume and not running)
        self.report.setVisible(not running)
        self.form.setEnabled(not running)

    def show_chosen(self, sentence: str, *, can_open: bool, can_open_best: bool) -> None:
        """What there is to say about the chosen candidate, and what can be done with it."""
        self.sentence.setText(re.sub(r"([/\\])", "\\1\u200b", sentence))  # so that long paths can be broken
        self.sentence.setToolTip(sentence)
        for button in (self.send, self.accept):
            button.setEnabled(can_open)
        self.best.setEnabled(can_open_best)
        self.count.setEnabled(can_open_best)

    def make_menu(self) -> QMenu:
        """What can be done with the chosen candidate."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Centre in view", self.centre_pressed.emit)
        menu.addAction("Accept", self.accept_pressed.emit).setEnabled(self.accept.isEnabled())
        menu.addAction("Send to Fit", self.fit_pressed.emit).setEnabled(self.send.isEnabled())
        return menu

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take candidates; maps are left to the window."""
        paths = dropped_paths(event)
        if paths and self.form.isEnabled() and not any(is_map(path) for path in paths if path.is_file()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Use what was dropped as the library, or show the scan that a folder holds."""
        event.acceptProposedAction()
        self.take(dropped_paths(event))

    def take(self, paths: list[Path]) -> None:
        """Candidates, or the folder of a scan."""
        if len(paths) == 1 and any((paths[0] / name).is_file() for name in ("scan.json", "ranking.json")):
            self.folder_dropped.emit(paths[0])
        elif paths:
            self.form.take(paths)

    def _make_buttons(self) -> None:
        self.pause = QPushButton("Pause")
        self.pause.setMinimumHeight(36)
        self.pause.clicked.connect(self.pause_pressed)
        self.button.row.addWidget(self.pause)
        self.go_on = QPushButton("Resume")
        self.go_on.setMinimumHeight(36)
        self.go_on.setToolTip("Go on with the scan that is shown below, where it was stopped")
        self.go_on.clicked.connect(self.resume_pressed)
        self.button.row.addWidget(self.go_on)

    def _make_foot(self) -> None:
        self.sentence = muted(wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.sentence.setFixedHeight(LINES * self.sentence.fontMetrics().lineSpacing())  # the table must not jump
        self.best = QPushButton("Open best")
        self.best.setToolTip("Put the best candidates into the session, each where it was found")
        self.count = integer_box()
        self.count.setRange(1, MOST_OPENED)
        self.count.setValue(3)
        self.count.setAccessibleName("How many of the best candidates are opened")
        self.count.setFixedWidth(62)
        self.count.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.report = link_button("Report", "Show the page about this scan, with plots and the whole table")
        self.send = QPushButton("Send to Fit")
        self.send.setToolTip("Open the chosen candidate where it was found, and tick it alone under Fit")
        self.accept = QPushButton("Accept")
        self.accept.setProperty("role", "primary")
        self.accept.setToolTip("Keep the chosen candidate as a copy of the assembly, where it was found")

    def _lay_out(self) -> None:
        self._foot = QWidget()
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for widget in (self.best, self.count):
            buttons.addWidget(widget)
        buttons.addSpacing(8)
        buttons.addWidget(self.report)
        buttons.addStretch(1)
        for button in (self.send, self.accept):
            buttons.addWidget(button)
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(14, 8, 14, 10)
        foot.setSpacing(8)
        foot.addWidget(self.sentence)
        foot.addLayout(buttons)
        self._make_hint()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.form, self.button, rule(), self.bar, self.table, rule(), self._foot):
            column.addWidget(part, 1 if part is self.table else 0)

    def _make_hint(self) -> None:
        self.hint = QWidget()
        self.open_link = link_button("Open scan results …", "Show a scan that was made before, here or on a cluster")
        self.open_link.clicked.connect(self.open_pressed)
        self.last_link = link_button("", "")
        self.last_link.setAccessibleName("Open the last scan")
        self.last_link.clicked.connect(lambda: self.folder_dropped.emit(self._last))
        text = muted(NOTHING)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        lines = QVBoxLayout(self.hint)
        lines.addStretch(1)
        lines.addWidget(text)
        self.sample_link = link_button(
            "Try a sample library", "A part of a ribosome, and chains of which two are in it"
        )
        self.sample_link.clicked.connect(self.sample_pressed)
        for link in (self.last_link, self.open_link, self.sample_link):
            lines.addWidget(link, 0, Qt.AlignmentFlag.AlignHCenter)
        lines.addStretch(1)
        QVBoxLayout(self.table).addWidget(self.hint)

    def _connect(self) -> None:
        self.table.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        self.table.centre_asked.connect(self.centre_pressed)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.bar.changed.connect(self._take_filter)
        self.best.clicked.connect(lambda: self.best_pressed.emit(self.count.value()))
        self.report.clicked.connect(self.report_pressed)
        self.send.clicked.connect(self.fit_pressed)
        self.accept.clicked.connect(self.accept_pressed)

    def _take_filter(self, wanted: ScanFilter) -> None:
        self.proxy.set_filter(wanted)
        self.filtered.emit()

    def _show_frame(self, table: ScanTable) -> None:
        """Filter, titles and foot only where there is something to read."""
        some = bool(table.candidates)
        self.hint.setVisible(not some)
        for widget in (self.bar, self._foot, self.table.horizontalHeader()):
            widget.setVisible(some)
        self._pictures.expect(table.ranked)
        if table.complete:  # so many are worth opening
            self.count.setValue(max(1, sum(candidate.found for candidate in table.candidates)))

    def _take_picture(self, name: str) -> None:
        self.model.show_picture(name)
        kinds = set(self._pictures.kinds.values())
        self.bar.show_classes("mixed" in kinds or {"protein", "nucleic"} <= kinds)

    def _show_menu(self, point: QPoint) -> None:
        if self.chosen is not None:
            self.make_menu().popup(self.table.viewport().mapToGlobal(point))
