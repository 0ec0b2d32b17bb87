"""Segments as the window shows them: made on demand, looked at, searched one by one."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.actions import Handlers
from app.controller import Controller
from app.jobs import Cancelled, Failed, Finished, JobRunner, Outcome
from app.panels.fit import FitPanel
from app.panels.segments import SegmentsPanel
from app.scene.viewport import Viewport
from app.segment_presenter import SegmentPresenter, key_of
from app.segmenting import SegmentedMap, segment
from app.widgets.job_strip import JobStrip
from difffit_core.document.session import MapItem, Session
from difffit_core.errors import SettingsError
from difffit_core.events import Event, StageAdvanced, StageStarted

SEGMENT = "segment"  # key of segmenting among the jobs


class SegmentDesk(QObject):
    """Between the form of fits, the panel, the view and the engine."""

    message = Signal(str, str)  # sentence, kind
    failed = Signal(object)  # Exception
    panel_asked = Signal()  # somebody wants to see the panel
    drawn = Signal()  # the map has given way to its segments, or come back

    def __init__(
        self, controller: Controller, viewport: Viewport, form: FitPanel, panel: SegmentsPanel, strip: JobStrip
    ) -> None:
        super().__init__()
        self._controller, self._document = controller, controller.document
        self._form, self._panel, self._strip = form, panel, strip
        self._runner: JobRunner = controller.segmenting
        self.presenter = SegmentPresenter(controller.document, viewport)
        self.segmented: SegmentedMap | None = None
        self._steps = 1
        self._connect(viewport)
        self._show_situation()

    def handlers(self) -> Handlers:
        """What the menus can ask for."""
        return {"segment": self.start}

    def start(self) -> None:
        """Cut the map that is fitted into, as it is now."""
        self.panel_asked.emit()
        item = self._map
        if item is not None and not self._runner.busy:
            self._runner.start(partial(segment, item, self._panel.count))
            self._strip.show_progress(SEGMENT, f"Segmenting {item.name}", 0.0)
            self._show_situation()

    def cancel(self) -> None:
        """Stop; the segments before are kept."""
        if self._runner.busy:
            self._strip.show_cancelling(SEGMENT)
            self._runner.cancel()

    def search(self, number: int) -> None:
        """Fit the ticked structures into one segment only."""
        from difffit_core.data.segments import region_of

        segmented = self.segmented
        try:
            request = self._form.request
        except SettingsError as error:
            self.failed.emit(error)
            return
        if segmented is None or request is None or not self._can_search:
            return
        label = segmented.segmentation.segments[number].label
        self.message.emit(f"Searching segment {label} only.", "info")
        self._controller.fitting.start(replace(request, region=region_of(segmented.segmentation, label)))

    def _connect(self, viewport: Viewport) -> None:
        self._runner.happened.connect(self._take)
        self._runner.ended.connect(self._end)
        self._panel.segment_pressed.connect(self.start)
        self._panel.cancel_pressed.connect(self.cancel)
        self._panel.search_pressed.connect(self.search)
        self._panel.chosen.connect(self._look)
        self._panel.shown_changed.connect(self._show)
        viewport.picked.connect(self._pick)
        self._form.changed.connect(self._show_situation)
        for signal in (self._controller.fitting.started, self._controller.fitting.ended):
            signal.connect(self._show_situation)
        self._document.changed.connect(self._follow)

    @property
    def _map(self) -> MapItem | None:
        return self._document.session.find_map(self._form.map_key or "")

    @property
    def _can_search(self) -> bool:
        same = self.segmented is not None and self.segmented.map == self._form.map_key
        return same and not self._form.missing and not self._controller.fitting.busy

    def _take(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._steps = event.steps
        elif isinstance(event, StageAdvanced):
            self._strip.show_progress(SEGMENT, "Segmenting the map", event.step / self._steps)

    def _end(self, outcome: Outcome) -> None:
        self._strip.end(SEGMENT)
        match outcome:
            case Finished(segmented):
                self._put(segmented)
            case Failed(error):
                self.failed.emit(error)
            case Cancelled():
                self.message.emit("Segmenting was cancelled.", "warning")
        self._show_situation()

    def _put(self, segmented: SegmentedMap | None) -> None:
        item = self._document.session.find_map(segmented.map) if segmented is not None else None
        self.segmented = segmented if segmented is not None and segmented.is_of(item) else None
        if self.segmented is not None:
            self.message.emit(f"The map is in {len(self.segmented.pieces)} segments.", "info")
        self._panel.show_segments(self.segmented)
        self._show()

    def _follow(self, old: Session, new: Session) -> None:
        segmented = self.segmented
        if segmented is not None and not segmented.is_of(new.find_map(segmented.map)):
            self._put(None)  # what is drawn would not be what is searched
        elif segmented is not None and old.maps != new.maps:
            self._show()
        self._show_situation()

    def _show(self) -> None:
        seen = self._panel.isVisible()
        self.presenter.show(self.segmented if seen else None, self._panel.current)
        self.drawn.emit()

    def _look(self, number: int) -> None:
        self._show()
        if number >= 0:
            self.presenter.look_at(number)
        self._show_situation()

    def _pick(self, key: str) -> None:
        for number in range(len(self.segmented.pieces) if self.segmented is not None else 0):
            if key == key_of(number):
                self._panel.choose(number)

    def _show_situation(self, *_: object) -> None:
        item = self._map
        about = "Open a map to segment." if item is None else f"{item.name}, above {item.contour_level:.3g}"
        self._panel.show_situation(
            busy=self._runner.busy,
            can_segment=item is not None,
            can_search=self._can_search,
            about=about,
        )
