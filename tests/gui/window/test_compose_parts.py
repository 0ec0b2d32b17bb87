"""What composing in the window is made of: copies as text, progress, a map in two parts."""

import numpy as np
import pytest

from app.compose_progress import ComposeProgress
from app.proposal_presenter import parts_of
from app.stoichiometry import copies_in, written
from difffit_core.errors import SettingsError
from difffit_core.events import RoundEnded, RoundStarted, StageAdvanced, StageStarted
from tests.document.items import make_volume


@pytest.mark.parametrize(
    ("text", "copies"), [("", [0, 0]), ("A=2, B=4", [2, 4]), ("B:3", [0, 3]), ("A = 1;B=2", [1, 2])]
)
def test_stoichiometry_is_read(text: str, copies: list[int]) -> None:
    assert copies_in(text, ["A", "B"]) == copies
    assert copies_in(written(["A", "B"], copies), ["A", "B"]) == copies


@pytest.mark.parametrize("text", ["C=1", "A=0", "A=x", "A", "A=2B=2"])
def test_bad_stoichiometry_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        copies_in(text, ["A", "B"])


def test_progress_never_goes_back() -> None:
    progress, seen = ComposeProgress("balanced"), [0.0]
    stages = [StageStarted("screen", 4), StageAdvanced(4), StageStarted("climb", 4), StageAdvanced(4)]
    rounds = [[RoundStarted(n, 2), *stages, *stages, RoundEnded(None, (), None)] for n in (1, 2)]
    for event in [
        StageStarted("symmetry", 2),
        StageAdvanced(2),
        *rounds[0],
        *rounds[1],
        StageStarted("joint polish", 1),
    ]:
        progress = progress.after(event)
        seen.append(progress.fraction)
    assert seen == sorted(seen)
    assert progress.after(StageAdvanced(1)).fraction == 1.0


def test_both_parts_make_up_the_map() -> None:
    whole = make_volume()
    left = whole.with_data(np.where(whole.data > 60, 0, whole.data).astype(np.float32))
    parts = parts_of(whole, left, 10.0)
    inside = whole.data > 10
    np.testing.assert_array_equal((parts.explained.data > 10) | (parts.unexplained.data > 10), inside)
    assert not ((parts.explained.data > 10) & (parts.unexplained.data > 10)).any()
