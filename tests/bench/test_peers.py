"""Other programs' answers are understood, and what goes wrong with them is a sentence."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from difffit_core.bench import peer_programs, peers
from difffit_core.bench.cases import bundled_cases
from difffit_core.bench.measure import Cost
from difffit_core.bench.peer_programs import Peer, placements_in, powerfit, programs_of, pytme, sum_of, superposition
from difffit_core.bench.scramble import random_move
from difffit_core.data.structure import Structure
from difffit_core.errors import DiffFitError
from difffit_core.files.placed_structures import write_placed_structure
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure


@pytest.fixture(scope="module")
def chain() -> Structure:
    return read_structure(load_sample().structures[0].path)


def only(structure: Structure, kept: np.ndarray) -> Structure:
    """Some of the atoms."""
    columns = ("xyz", "element", "chain", "residue_number", "insertion_code", "residue_name", "atom_name")
    more = ("b_factor", "secondary_structure")
    return replace(structure, **{name: getattr(structure, name)[kept] for name in (*columns, *more)})


def test_a_placed_copy_tells_its_placement_even_without_ligands(chain: Structure) -> None:
    move = random_move(np.random.default_rng(3))
    placed = replace(chain, xyz=chain.xyz @ move[:, :3].T + move[:, 3])
    protein = only(placed, chain.residue_name != "HEM")
    assert len(protein) < len(chain)
    np.testing.assert_allclose(superposition(chain, protein), move, atol=1e-6)


def test_a_copy_of_something_else_is_an_error(chain: Structure) -> None:
    other = replace(chain, chain=np.full(len(chain), "Z"))
    with pytest.raises(DiffFitError, match="does not hold the atoms"):
        superposition(chain, other)


def test_placements_come_in_the_order_of_their_numbers(chain: Structure, tmp_path: Path) -> None:
    moves = {number: random_move(np.random.default_rng(number)) for number in (1, 2, 10)}
    for number, move in moves.items():
        write_placed_structure(tmp_path / f"fit_{number}.pdb", chain, move)
    found = placements_in(tmp_path, "fit_*.pdb", chain)
    for matrix, move in zip(found, moves.values(), strict=True):
        np.testing.assert_allclose(matrix, move, atol=5e-3)


def test_costs_of_commands_add_up_and_the_last_one_decides() -> None:
    total = sum_of([Cost(0, "", 1.0, 2.0, 100.0), Cost(3, "no", 0.5, 0.25, 80.0)])
    assert total == Cost(3, "no", 1.5, 2.25, 100.0)
    assert sum_of([Cost(0, "", 1.0)]).cpu_seconds is None


@pytest.mark.parametrize("make", [powerfit, pytme])
def test_peers_are_pinned_and_told_map_structure_and_angle(make: Callable[[int], Peer], tmp_path: Path) -> None:
    peer = make(20)
    assert "==" in peer.package
    words = peer.commands(Path("m.mrc"), Path("s.pdb"), tmp_path, 7.5)[0]
    assert {"m.mrc", "s.pdb", "20"} <= set(words)


def test_a_peer_that_cannot_be_installed_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(peer_programs, "user_cache_path", lambda *_, **__: tmp_path)
    monkeypatch.setattr("venv.create", lambda folder, **_: Path(folder).mkdir(parents=True))
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))
    said: list[str] = []
    with pytest.raises(DiffFitError, match="could not be installed by pip"):
        programs_of(powerfit(20), said.append)
    assert "Installing powerfit-em" in said[0]


def test_a_peer_is_installed_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(peer_programs, "user_cache_path", lambda *_, **__: tmp_path)
    folder = tmp_path / "peers" / "powerfit-em-6.0.2"
    folder.mkdir(parents=True)
    (folder / "installed").touch()
    assert programs_of(powerfit(20), pytest.fail).parent == folder


def test_a_peers_answer_is_judged_like_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    case = bundled_cases()[0]

    def answer(_: Peer, __: Path, ___: Path, structure: Path, out: Path, ____: float) -> Cost:
        out.mkdir()
        model = read_structure(structure)
        for k, place in enumerate(case.truth, start=1):
            filed = read_structure(case.structure)
            back = superposition(model, replace(filed, xyz=filed.xyz @ place[:, :3].T + place[:, 3]))
            write_placed_structure(out / f"fit_{k}.pdb", model, back)
        return Cost(0, "", 4.0, 8.0, 100.0)

    monkeypatch.setattr(peers, "run_peer", answer)
    run = peers.run_theirs(powerfit(10), Path("nowhere"), case)
    assert (run.verdict.rank, run.verdict.copies, run.of) == (1, 2, 2)
    assert run.verdict.rmsd == pytest.approx(0, abs=2e-3)
    assert (run.program, run.setting, run.cpu_seconds) == ("powerfit-em 6.0.2", "10°", 8.0)


def test_a_peer_that_fails_is_reported_with_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "run_peer", lambda *_: Cost(1, "trace\nno memory", 1.0))
    run = peers.run_theirs(powerfit(10), Path("nowhere"), bundled_cases()[0])
    assert (run.error, run.verdict.rank) == ("no memory", None)


def test_without_larger_cases_peers_run_on_the_sample(tmp_path: Path) -> None:
    assert [case.name for case in peers.peer_cases(bundled_cases(), tmp_path)] == ["haemoglobin-A"]
