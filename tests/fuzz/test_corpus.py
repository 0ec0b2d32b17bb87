"""What once broke a reader, and the first of all damaged inputs: each ends well or in a sentence, soon and small."""

from pathlib import Path

import pytest

from tests.fuzz.readers import READERS
from tests.fuzz.trial import FLOOR, attempt, input_of

CORPUS = Path(__file__).parent / "corpus"
FIRST = 120  # of the inputs that `bootstrap.py fuzz` tries


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_once_broke_a_reader_no_longer_does(path: Path, tmp_path: Path) -> None:
    trial = attempt(READERS[path.parent.name], path.read_bytes(), tmp_path, FLOOR)
    assert trial.failure == ""


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_end_in_success_or_a_sentence(name: str, tmp_path: Path) -> None:
    valid = READERS[name].seeds()
    for content in valid:
        READERS[name].read(content, tmp_path_of(tmp_path))
    trials = [
        attempt(READERS[name], input_of(name, 0, n, valid), tmp_path_of(tmp_path), 4 * FLOOR) for n in range(FIRST)
    ]
    assert [trial.failure for trial in trials if trial.failure] == []
    assert {trial.outcome for trial in trials} <= {"read", "refused"}
    assert any(trial.outcome == "read" for trial in trials)


def tmp_path_of(parent: Path) -> Path:
    """A new folder."""
    folder = parent / str(len(list(parent.iterdir())))
    folder.mkdir()
    return folder
