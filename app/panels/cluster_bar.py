"""Above the table of clusters: the filter, and how close placements must be to count as one."""

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.panels.cluster_filter import Filter, FilterError, parse_filter
from app.widgets.labels import muted
from app.widgets.number_box import number_box

SETTLED_MS = 250  # after the last turn of a tolerance
HELP = (
    "Show only some rows: part of a structure's name, or conditions.\n"
    "Examples: confidence > 50 %     hits >= 3, cc > 0.4     A.pdb and rank <= 5"
)


class ClusterBar(QWidget):
    """Says what was asked for; the panel does it."""

    filter_changed = Signal(object)  # Filter
    tolerances_changed = Signal(float, float)  # Å, degrees

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter, e.g. confidence > 50 %, hits >= 3")
        self.filter.setAccessibleName("Filter clusters")
        self.filter.setToolTip(HELP)
        self.filter.setClearButtonEnabled(True)
        if clear := self.filter.findChild(QToolButton):
            clear.setAccessibleName("Clear the filter")
        self.filter.textChanged.connect(self._take_filter)
        self.problem = muted()
        self.problem.setObjectName("problem")
        self.problem.hide()
        self.columns = QToolButton()
        self.columns.setText("Columns")
        self.columns.setToolTip("Choose the columns of the table")
        self._make_tolerances()
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._say_tolerances)
        self._lay_out()

    def show_tolerances(self, shift: float, angle: float) -> None:
        """Show these without asking for them."""
        if self._settled.isActive():
            return  # the user is turning
        with QSignalBlocker(self.shift), QSignalBlocker(self.angle):
            self.shift.setValue(shift)
            self.angle.setValue(angle)

    def _make_tolerances(self) -> None:
        self.shift, self.angle = number_box(), number_box()
        for box, unit, name, low in ((self.shift, " Å", "shift", 0.1), (self.angle, "°", "angle", 0.5)):
            box.setRange(low, 100.0 if unit == " Å" else 180.0)
            box.setDecimals(1)
            box.setSingleStep(0.5)
            box.setSuffix(unit)
            box.setFixedWidth(78)
            box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            box.setAccessibleName(f"Largest {name} within a cluster")
            box.setToolTip("Placements closer than this count as one cluster; nothing is fitted again")
            box.valueChanged.connect(lambda _: self._settled.start())

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(6)
        second.setSpacing(6)
        first.addWidget(self.filter, 1)
        first.addWidget(self.columns)
        second.addWidget(QLabel("One cluster within"))
        second.addWidget(self.shift)
        second.addWidget(QLabel("and"))
        second.addWidget(self.angle)
        second.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addLayout(first)
        layout.addWidget(self.problem)
        layout.addLayout(second)

    def _take_filter(self, text: str) -> None:
        try:
            wanted, sentence = parse_filter(text), ""
        except FilterError as error:
            wanted, sentence = Filter(), str(error)  # everything, until one knows what is meant
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.filter_changed.emit(wanted)

    def _say_tolerances(self) -> None:
        self.tolerances_changed.emit(self.shift.value(), self.angle.value())
