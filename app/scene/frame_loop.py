"""When to draw: at once while the mouse moves, seldom while data streams in, and then better and better when idle.

While a job runs a picture is drawn together with what else its news change: beside an OpenGL view every repaint
composes the whole window, so that ten panels that repaint together cost the same as one. That is why a picture that is
due is asked for by an event and not by a timer: events are served before the window repaints, timers after it.
"""

from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal

IDLE_SAMPLES = 8
REFINE_AFTER = 0.15  # s of quiet before a picture is refined
REFINE_DATA_AFTER = 0.4  # s, the same after a change of data: more may follow
REFINE_BUSY_AFTER = 0.7  # s, the same while a job runs: longer than news of poses stay away
BREATH = 0.010  # s between refining frames, for other events
DATA_PAUSE = 2.5  # times the last frame's duration are left to others between frames of streaming data
BUSY_PERIOD, BUSY_SHARE = 0.034, 1.6  # while a job runs: s between two begins, and times the last one's duration
NEXT_NEWS = 0.050  # s: a picture that is not due yet waits for the next news, or as long as this when there are none
SLOW_FRAME = 0.040  # s: drawing is called slow, and the first picture after a change is a reduced one


class FrameLoop(QObject):
    """Counts the samples of the present picture and asks for the next one in time."""

    draw_wanted = Signal()
    finished = Signal()  # the last sample of the present picture was drawn
    _due = Signal()

    def __init__(self, *, software: bool) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._wake)
        self._due.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        self._samples = 0
        self._stale = self._urgent = True
        self._dragging = False
        self._reduced = False  # whether sample 0 was drawn smaller and without costly effects
        self._refine_after = REFINE_AFTER
        self._slow = software
        self._frame_seconds = 0.03
        self._last_begin = self._last_end = 0.0
        self._busy = False
        self._asked = False  # whether `_due` is on its way

    @property
    def settled(self) -> bool:
        """Whether the picture is up to date and will not get better."""
        return not self._stale and not self._dragging and self._samples >= IDLE_SAMPLES

    @property
    def urgent(self) -> bool:
        """Whether the next sample has to be shown before anything else happens: the user moves the camera."""
        return self._urgent

    def view_changed(self) -> None:
        """The user moved the camera: draw as soon as possible."""
        self._stale = self._urgent = True
        self._refine_after = REFINE_AFTER
        self._timer.stop()
        self.draw_wanted.emit()

    def data_changed(self) -> None:
        """Something in the scene changed: draw soon, but leave most of the time to others."""
        self._stale = True
        self._refine_after = REFINE_DATA_AFTER
        if self._busy and self._pause == 0:
            self._draw_with_the_news()
        elif not self._timer.isActive() or self._timer.remainingTime() > 1000 * self._patience:
            self._wait(self._patience)

    def set_busy(self, busy: bool) -> None:
        """While a job runs a picture is refined only once, and only when no news come for a while."""
        self._busy = busy
        if not busy:
            self.data_changed()

    def begin_drag(self) -> None:
        """The mouse is down: speed comes before beauty."""
        self._dragging = True

    def end_drag(self) -> None:
        """The mouse is up: refine what is seen."""
        self._dragging = False
        self._wait(REFINE_AFTER)

    def next_sample(self) -> int | None:
        """Which sample to draw now; None when the picture is as it should be."""
        if self._stale:
            self._samples, self._reduced = 0, self._slow
            self._stale = self._urgent = False
            self._last_begin = perf_counter()
        elif self._dragging:
            return None
        elif self._reduced:
            self._samples, self._reduced = 0, False
        elif self._samples >= (1 if self._busy else IDLE_SAMPLES):
            return None
        return self._samples

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return self._busy

    @property
    def frame_seconds(self) -> float:
        """How long the last sample took."""
        return self._frame_seconds

    @property
    def slow(self) -> bool:
        """Whether a whole sample takes so long that it is better drawn pass by pass."""
        return self._slow

    @property
    def reduced(self) -> bool:
        """Whether the present sample is to be small and without costly effects."""
        return self._reduced

    @property
    def samples(self) -> int:
        """How many samples the present picture consists of."""
        return self._samples

    def drawn(self, seconds: float) -> None:
        """A sample was drawn and took that long."""
        first = self._samples == 0 and (self._reduced or not self._slow)
        self._samples += 1
        self._last_end = perf_counter()
        self._frame_seconds = seconds
        if not self._reduced:
            self._slow = seconds > SLOW_FRAME
        if self._stale:
            self._wait(self._patience)
        elif self._busy and self._reduced and not self._dragging:
            self._wait(REFINE_BUSY_AFTER)
        elif self._dragging or self._busy:
            self._timer.stop()
        elif self._samples >= IDLE_SAMPLES:
            self.finished.emit()
        else:
            self._wait(self._refine_after if self._samples == 1 and first else BREATH)

    def breathe(self) -> None:
        """Others get their turn before the next pass of a sample."""
        self._wait(BREATH)

    def wake_up(self) -> None:
        """The picture can be seen again: go on where it was left."""
        if not self.settled and not self._timer.isActive() and not (self._busy and not self._stale):
            self._wait(BREATH)

    def stop(self) -> None:
        """Ask for nothing more."""
        self._timer.stop()

    @property
    def _pause(self) -> float:
        """Seconds until the next picture of changed data may begin."""
        if self._busy:
            begin = self._last_begin + max(BUSY_PERIOD, BUSY_SHARE * self._frame_seconds)
        else:
            begin = self._last_end + DATA_PAUSE * self._frame_seconds
        return max(0.0, begin - perf_counter())

    @property
    def _patience(self) -> float:
        """Seconds until a picture of changed data is drawn at the latest."""
        return max(self._pause, NEXT_NEWS) if self._busy else self._pause

    def _draw_with_the_news(self) -> None:
        self._timer.stop()
        if not self._asked:
            self._asked = True
            self._due.emit()

    def _wait(self, seconds: float) -> None:
        self._timer.start(int(seconds * 1000))

    def _wake(self) -> None:
        self._asked = False
        self.draw_wanted.emit()
