"""Events as a progress bar and remarks on standard error."""

import sys
from types import TracebackType
from typing import Self

from tqdm import tqdm

from difffit_core.events import Event, Message, PosesImproved, StageAdvanced, StageStarted


class Progress:
    """Listens to jobs; one bar, whose stages follow each other. Remembers the last poses it heard of."""

    def __init__(self, *, quiet: bool, title: str = "") -> None:
        self._quiet = quiet
        self._title = title
        self._bar: tqdm[None] | None = None
        self.last_poses: PosesImproved | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case StageStarted(name, steps):
                self._close()
                label = f"{self._title} {name}".strip()
                # `disable=None` shows no bar where standard error is not a terminal
                self._bar = tqdm(
                    total=steps, desc=label, leave=False, file=sys.stderr, disable=True if self._quiet else None
                )
            case StageAdvanced(step) if self._bar is not None:
                self._bar.update(step - self._bar.n)
            case PosesImproved():
                self.last_poses = event
            case Message(text) if not self._quiet:
                tqdm.write(text, file=sys.stderr)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
