"""Whatever a user does, going back to the start and forth to the end gives the same project, bit for bit."""

import hashlib
import importlib
import inspect
import pkgutil
import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from difffit_core import document
from difffit_core.document import history as history_module
from difffit_core.document.commands import (
    AddFit,
    AddMap,
    AddStructure,
    Command,
    Regroup,
    RemoveFit,
    RemoveMap,
    RemoveStructure,
    SelectCluster,
    SetContourLevel,
    SetMapStyle,
    SetStructureStyle,
)
from difffit_core.document.compose_commands import AcceptRound, SplitStructures
from difffit_core.document.copies import rows_of
from difffit_core.document.copy_commands import (
    AcceptCopies,
    AcceptCopy,
    AnnotateCopy,
    MoveCopy,
    RemoveCopies,
    RemoveCopy,
    RenameCopy,
    ReorderCopies,
    SetCopyStyle,
)
from difffit_core.document.density_commands import RemoveDensity, RestoreDensity
from difffit_core.document.history import History
from difffit_core.document.scan_commands import AcceptCandidate, OpenCandidates
from difffit_core.document.session import Session
from tests.document.copies_making import make_copy, make_density
from tests.document.items import make_fit, make_map, make_result, make_structure_item

STEPS = 1000


def some_command(rng: random.Random, session: Session) -> Command:
    """Any command at all, mostly about items that are there."""

    def one_of(items, spare: str) -> str:
        return rng.choice([*(item.key for item in items), spare])

    a_map, a_structure = one_of(session.maps, "m0"), one_of(session.structures, "s0")
    a_copy, a_fit = one_of(session.copies, "gone"), one_of(session.fits, "gone")
    number, fresh = rng.random(), f"{rng.randrange(10**9)}"
    target = session.find_map(a_map)
    some_volume = target.volume if target else make_map("x").volume
    matrix = rows_of([[1, 0, 0, number], [0, 1, 0, 2 * number], [0, 0, 1, -number]])
    removal = make_density(some_volume, a_copy, map_key=a_map, into=rng.choice([a_map, f"rest{rng.randrange(3)}"]))
    found = make_structure_item(f"found{rng.randrange(3)}")
    opened = OpenCandidates((found,), (make_fit(f"f{fresh}", a_map, found.key),))
    choices: list[Command] = [
        AddMap(make_map(f"m{rng.randrange(4)}", number)),
        AddStructure(make_structure_item(f"s{rng.randrange(4)}")),
        AddFit(make_fit(f"f{fresh}", a_map, a_structure)),
        AcceptCopy(make_copy(f"c{fresh}", a_structure, a_map)),
        AcceptCopy(make_copy(f"c{fresh}", a_structure, a_map), make_density(some_volume, f"c{fresh}", map_key=a_map)),
        AcceptCopies(tuple(AcceptCopy(make_copy(f"c{fresh}-{n}", a_structure, a_map)) for n in range(2))),
        AcceptRound(1, (AcceptCopy(make_copy(f"c{fresh}", a_structure, a_map)),)),
        RemoveDensity(removal.map, removal.into, removal.removals),
        RestoreDensity(a_map, (a_copy,)),
        RemoveCopy(a_copy),
        RemoveCopies((a_copy, one_of(session.copies, "gone"))),
        MoveCopy(a_copy, matrix),
        MoveCopy(a_copy, matrix, (("correlation_about_mean", number),)),
        RenameCopy(a_copy, fresh),
        AnnotateCopy(a_copy, fresh),
        SetCopyStyle(a_copy, colour=(number, 0.5, 0.5)),
        SetCopyStyle(a_copy, visible=number < 0.5),
        ReorderCopies(a_copy, rng.randrange(5)),
        SetContourLevel(a_map, number),
        SetMapStyle(a_map, opacity=number),
        SetStructureStyle(a_structure, visible=number < 0.5),
        SelectCluster(a_fit, rng.randrange(4)),
        SplitStructures((a_structure,), (make_structure_item(f"part{rng.randrange(3)}"),)),
        opened,
        AcceptCandidate(opened, AcceptCopy(make_copy(f"c{fresh}", found.key, a_map))),
        Regroup(number + 0.1, 6.0, ((a_fit, make_result(2)),)),
    ]
    closing: list[Command] = [RemoveFit(a_fit), RemoveStructure(a_structure), RemoveMap(a_map)]
    return rng.choice(choices if number < 0.93 else closing)


def fingerprint(session: Session) -> str:
    """Of everything that a session holds, the voxels of its maps and remaining maps included."""
    digest = hashlib.sha256(repr(session).encode())
    for item in session.maps:
        digest.update(item.volume.data.tobytes())
    for fit in session.fits:
        digest.update(fit.result.climbed.poses.position_xyz.tobytes())
    return digest.hexdigest()


def at_random(seed: int, steps: int) -> History:
    """A history of so many commands, undos, redos and ends of gestures."""
    rng, history = random.Random(seed), History()
    for _ in range(steps):
        what = rng.random()
        if what < 0.08:
            history = history.undo()
        elif what < 0.13:
            history = history.redo()
        elif what < 0.25:
            history = history.seal()
        else:
            history = history.do(some_command(rng, history.present))
    return history


@pytest.fixture
def endless(monkeypatch):
    """A history that keeps every step."""
    monkeypatch.setattr(history_module, "MOST_STEPS", 10**9)


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a shorter sequence is no simpler: the seed decides all
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32 - 1))
def test_undo_to_the_start_and_redo_to_the_end_change_nothing(endless, seed):
    history = at_random(seed, STEPS)
    end, end_print = history.present, fingerprint(history.present)
    prints = [fingerprint(step.before) for step in history.past]
    seen = history
    for expected in reversed(prints):
        seen = seen.undo()
        assert fingerprint(seen.present) == expected
    assert seen.present == Session()
    while seen.future and seen.present is not end:
        seen = seen.redo()
    assert seen.present == end
    assert fingerprint(seen.present) == end_print


@pytest.mark.parametrize("seed", [1, 2])
def test_commands_never_change_the_session_they_are_given(seed):
    rng, history = random.Random(seed), History()
    for _ in range(300):
        before, kept = history.present, fingerprint(history.present)
        history = history.do(some_command(rng, history.present))
        assert fingerprint(before) == kept


def test_the_random_sequences_reach_every_part_of_a_project():
    sessions = [step.after for step in at_random(5, STEPS).past]
    assert max(len(session.copies) for session in sessions) >= 3
    assert any(item.removals for session in sessions for item in session.maps)
    assert any(session.fits for session in sessions)


def test_the_random_sequences_know_every_command():
    """A command that is added later must not be forgotten here."""
    declared = {
        name
        for found in pkgutil.iter_modules(document.__path__, f"{document.__name__}.")
        if (module := importlib.import_module(found.name))
        for name, kind in vars(module).items()
        if inspect.isclass(kind) and kind.__module__ == module.__name__ and hasattr(kind, "apply")
    }
    rng, history, used = random.Random(3), History(), set[str]()
    for _ in range(STEPS):
        command = some_command(rng, history.present)
        used.add(type(command).__name__)
        history = history.do(command)
    assert declared - {"Command", "History"} == used
