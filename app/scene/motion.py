"""The scene turns by itself: all around, or to and fro."""

from collections.abc import Callable
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.scene.camera import Camera
from app.scene.styles import Motion

SPIN_PERIOD, ROCK_PERIOD = 12.0, 4.0  # s for one turn, or once to and fro
ROCK_ANGLE = np.radians(14.0)  # to each side
SHORTEST_PAUSE = 0.030  # s between two steps
FRAMES_APART = 1.5  # times the duration of a frame: the rest is for the window


class Mover(QObject):
    """Turns a camera step by step, as fast as pictures can follow."""

    moved = Signal()

    def __init__(self, camera: Camera, frame_seconds: Callable[[], float]) -> None:
        super().__init__()
        self._camera, self._frame_seconds = camera, frame_seconds
        self._motion: Motion = "none"
        self._begin = self._angle = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._step)

    def set_motion(self, motion: Motion) -> None:
        """Begin or stop moving; a rocking scene stops where it is."""
        self._motion = motion
        self._begin, self._angle = perf_counter(), 0.0
        if motion == "none":
            self._timer.stop()
        else:
            self._timer.start(0)

    def _step(self) -> None:
        angle = angle_at(self._motion, perf_counter() - self._begin)
        self._camera.turn(angle - self._angle)
        self._angle = angle
        self.moved.emit()
        self._timer.start(int(1000 * max(SHORTEST_PAUSE, FRAMES_APART * self._frame_seconds())))


def angle_at(motion: Motion, seconds: float) -> float:
    """How far (radians) the scene has turned after that time."""
    if motion == "spin":
        return 2 * np.pi * seconds / SPIN_PERIOD
    return float(ROCK_ANGLE * np.sin(2 * np.pi * seconds / ROCK_PERIOD)) if motion == "rock" else 0.0
