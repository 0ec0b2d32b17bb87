"""Where the panels stand: a sidebar, docks, and their first sizes."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.widgets.labels import rule

VERSION = 2  # raise it when docks change, so that an older remembered layout is not restored
SIDEBAR_WIDTH, CLUSTERS_WIDTH, BOTTOM_HEIGHT = 322, 456, 190  # pixels


def make_dock(window: QMainWindow, name: str, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
    """A dock without a title bar, because tabs and headings say what it holds; `name` is for the remembered layout."""
    dock = QDockWidget(title, window)
    dock.setObjectName(name)
    dock.setTitleBarWidget(QWidget())
    dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable | QDockWidget.DockWidgetFeature.DockWidgetMovable)
    dock.setWidget(content)
    window.addDockWidget(area, dock)
    return dock


def make_sidebar_dock(window: QMainWindow, name: str, title: str, content: QWidget) -> QDockWidget:
    """The dock on the left, which stays there."""
    dock = make_dock(window, name, title, content, Qt.DockWidgetArea.LeftDockWidgetArea)
    dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
    return dock


class Sidebar(QWidget):
    """Sections under each other that scroll together, and a foot that stays."""

    def __init__(self, sections: list[QWidget], foot: QWidget) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setMinimumWidth(SIDEBAR_WIDTH)
        self._area = QScrollArea()
        self._area.setObjectName("sidebar")
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._column = _column(sections)
        self._area.setWidget(self._column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._area, 1)
        layout.addWidget(rule())
        layout.addWidget(foot)

    @property
    def overflow(self) -> int:
        """Pixels by which the sections are wider than there is room, and so would be cut off."""
        return max(0, self._column.minimumSizeHint().width() - self._area.viewport().width())

    def reveal(self, widget: QWidget) -> None:
        """Scroll as far as is needed to see a widget in one of the sections."""
        QTimer.singleShot(0, self, lambda: self._area.ensureWidgetVisible(widget, 0, 12))


def _column(sections: list[QWidget]) -> QWidget:
    inner = QWidget()
    inner.setObjectName("sidebar")
    column = QVBoxLayout(inner)
    column.setContentsMargins(14, 12, 12, 12)
    column.setSpacing(12)
    for number, section in enumerate(sections):
        if number:
            column.addWidget(rule())
        column.addWidget(section)
    column.addStretch(1)
    return inner


def below_each_other(upper: QWidget, lower: QWidget) -> QWidget:
    """One directly above the other; the lower one takes the room."""
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(upper)
    column.addWidget(lower, 1)
    return both


def make_column(upper: QWidget, lower: QWidget) -> QSplitter:
    """One above the other, with a line that can be moved; the lower one may be folded away."""
    column = QSplitter(Qt.Orientation.Vertical)
    column.addWidget(upper)
    column.addWidget(lower)
    column.setStretchFactor(0, 3)
    column.setStretchFactor(1, 2)
    column.setSizes([480, 330])
    column.setCollapsible(0, False)
    column.setHandleWidth(1)
    return column


def make_tabs(pages: dict[str, QWidget]) -> QTabWidget:
    """Pages behind each other."""
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    for title, page in pages.items():
        tabs.addTab(page, title)
    return tabs


def give_corners_to_the_sides(window: QMainWindow) -> None:
    """Left and right docks reach from top to bottom."""
    for corner, area in (
        (Qt.Corner.TopLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
        (Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
        (Qt.Corner.TopRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
        (Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
    ):
        window.setCorner(corner, area)


def set_first_sizes(window: QMainWindow, left: QDockWidget, right: QDockWidget, bottom: QDockWidget) -> None:
    """Show all docks in the sizes of a first start."""
    for dock, area in (
        (left, Qt.DockWidgetArea.LeftDockWidgetArea),
        (right, Qt.DockWidgetArea.RightDockWidgetArea),
        (bottom, Qt.DockWidgetArea.BottomDockWidgetArea),
    ):
        window.addDockWidget(area, dock)
        dock.show()
    window.resizeDocks([left, right], [SIDEBAR_WIDTH, CLUSTERS_WIDTH], Qt.Orientation.Horizontal)
    window.resizeDocks([bottom], [BOTTOM_HEIGHT], Qt.Orientation.Vertical)
