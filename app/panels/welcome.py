"""What the viewport's place shows while nothing is open: where to begin."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.icons import program_pixmap
from app.widgets.labels import link_button, muted

MOST_RECENT = 4


class WelcomePage(QWidget):
    """Invites to drop files, to open them, or to open the sample; lists the files opened last."""

    open_pressed = Signal()
    sample_pressed = Signal()
    recent_pressed = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.zone = self._make_zone()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 24, 32, 24)
        layout.addStretch(2)
        layout.addWidget(self.zone, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(14)
        layout.addLayout(self._recent)
        layout.addStretch(3)

    def show_recent(self, paths: list[Path]) -> None:
        """List the files opened last."""
        while (item := self._recent.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        if paths:
            self._recent.addWidget(muted("Recent files"), 0, Qt.AlignmentFlag.AlignHCenter)
        for path in paths[:MOST_RECENT]:
            self._recent.addWidget(self._recent_button(path), 0, Qt.AlignmentFlag.AlignHCenter)

    def set_hovered(self, hovered: bool) -> None:
        """Light up while files are held over the window."""
        self.zone.setProperty("hovered", hovered)
        self.zone.style().unpolish(self.zone)
        self.zone.style().polish(self.zone)

    def _recent_button(self, path: Path) -> QPushButton:
        button = link_button(path.name, str(path))
        button.clicked.connect(lambda: self.recent_pressed.emit(path))
        return button

    def _make_zone(self) -> QFrame:
        zone = QFrame()
        zone.setObjectName("dropZone")
        zone.setMaximumWidth(600)
        zone.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        layout = QVBoxLayout(zone)
        layout.setContentsMargins(38, 32, 38, 30)
        layout.setSpacing(10)
        picture = QLabel()
        picture.setPixmap(program_pixmap(64))
        title = QLabel("Drop a map and structures here")
        title.setObjectName("title")
        explanation = muted(
            "DiffFit finds where each structure belongs in the map.\n"
            "Maps as MRC, CCP4 or MAP, structures as PDB or mmCIF,\nalso compressed."
        )
        explanation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for widget in (picture, title, explanation):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(6)
        layout.addLayout(self._make_buttons())
        return zone

    def _make_buttons(self) -> QHBoxLayout:
        open_button = QPushButton("Open files …")
        open_button.setProperty("role", "primary")
        open_button.clicked.connect(self.open_pressed)
        sample_button = QPushButton("Open the sample")
        sample_button.setStyleSheet("padding: 8px 18px;")
        sample_button.setToolTip("Haemoglobin: a 3.2 Å map (EMD-3488) and one chain of its model (5ME2)")
        sample_button.clicked.connect(self.sample_pressed)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch()
        row.addWidget(open_button)
        row.addWidget(sample_button)
        row.addStretch()
        return row
