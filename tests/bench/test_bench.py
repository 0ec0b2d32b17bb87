"""The benchmark judges rightly: exact placements pass, wrong ones do not, and a process is measured alone."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import gemmi
import numpy as np
import pytest

from difffit_core.bench import runs
from difffit_core.bench.cases import Case, bundled_cases, choose, read_cases
from difffit_core.bench.compare import distance, judge, passes
from difffit_core.bench.measure import Cost, measure, megabytes
from difffit_core.bench.scramble import apply, random_move, scramble
from difffit_core.bench.table import HEADER, row, summary
from difffit_core.cli import main

IDENTITY = np.eye(3, 4)
ATOMS = np.random.default_rng(1).normal(size=(50, 3)) * 10


def undoing(move: np.ndarray, shift: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> np.ndarray:
    """The placement that takes moved atoms back to where they were, off by a shift (Å)."""
    back = move[:, :3].T
    return np.column_stack([back, -back @ move[:, 3] + shift])


@pytest.fixture
def move() -> np.ndarray:
    return random_move(np.random.default_rng(5))


def test_random_moves_are_rotations_that_depend_on_the_seed_alone(move: np.ndarray) -> None:
    np.testing.assert_allclose(move[:, :3] @ move[:, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(move[:, :3]) == pytest.approx(1)
    np.testing.assert_array_equal(move, random_move(np.random.default_rng(5)))


def test_the_exact_placement_has_no_distance(move: np.ndarray) -> None:
    exact = distance(undoing(move), IDENTITY, move, ATOMS)
    assert exact.rmsd == pytest.approx(0, abs=1e-9)
    assert exact.angle == pytest.approx(0, abs=1e-5)
    assert exact.is_near()


def test_a_shift_is_the_rmsd(move: np.ndarray) -> None:
    off = distance(undoing(move, (0.0, 3.0, 4.0)), IDENTITY, move, ATOMS)
    assert off.rmsd == pytest.approx(5)
    assert off.shift == pytest.approx(5)
    assert not off.is_near()


def test_a_turned_placement_is_not_near(move: np.ndarray) -> None:
    centred = ATOMS - ATOMS.mean(axis=0)
    turned = undoing(move)
    turned = np.diag([-1.0, -1.0, 1.0]) @ turned
    off = distance(turned, IDENTITY, move, centred)
    assert off.shift == pytest.approx(0, abs=1e-9)
    assert off.angle == pytest.approx(180)
    assert not off.is_near()


def test_rank_is_that_of_the_first_true_placement_and_copies_are_distinct(move: np.ndarray) -> None:
    second_place = np.column_stack([np.eye(3), [50.0, 0.0, 0.0]])
    placements = [undoing(move, (0, 0, 20)), undoing(move, (0, 1, 0)), undoing(move), undoing(move, (50, 0, 0))]
    verdict = judge(placements, np.stack([IDENTITY, second_place]), move, ATOMS)
    assert (verdict.rank, verdict.copies) == (2, 2)
    assert verdict.rmsd == pytest.approx(1)


def test_nothing_true_has_no_rank(move: np.ndarray) -> None:
    assert judge([undoing(move, (0, 0, 20))], IDENTITY[None], move, ATOMS).rank is None


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Two chains in a file, listed as a case."""
    structure = gemmi.Structure()
    structure.add_model(gemmi.Model(1))
    for name in ("A", "B"):
        structure[0].add_chain(name)
        residue = structure[0][name].add_residue(glycine())
        residue.seqid = gemmi.SeqId("1")
    structure.write_pdb(str(tmp_path / "pair.pdb"))
    entry = {
        "name": "pair",
        "set": "develop",
        "map": "pair.mrc",
        "structure": "pair.pdb",
        "chains": ["B"],
        "resolution": 4,
        "rmsd": 0.5,
        "truth": [IDENTITY.tolist()],
    }
    (tmp_path / "cases.json").write_text(json.dumps({"fit": [entry]}))
    return read_cases(tmp_path / "cases.json")[0]


def glycine() -> gemmi.Residue:
    """A residue of three atoms on a line, 1.5 Å apart."""
    residue = gemmi.Residue()
    residue.name = "GLY"
    for place, name in enumerate(("N", "CA", "C")):
        atom = gemmi.Atom()
        atom.name, atom.element = name, gemmi.Element(name[0])
        atom.pos = gemmi.Position(1.5 * place, 0, 0)
        residue.add_atom(atom)
    return residue


def test_cases_are_read_with_paths_relative_to_their_list(case: Case, tmp_path: Path) -> None:
    assert case.structure == tmp_path / "pair.pdb"
    assert case.truth.shape == (1, 3, 4)
    assert (case.copies, case.chains) == (1, ("B",))


def test_every_bundled_structure_is_a_case_with_a_known_place() -> None:
    cases = bundled_cases()
    assert "haemoglobin-A" in {case.name for case in cases}
    for case in cases:
        assert case.map.is_file()
        assert case.structure.is_file()
        assert len(case.truth) >= case.copies >= 1
        for place in case.truth:
            np.testing.assert_allclose(place[:, :3] @ place[:, :3].T, np.eye(3), atol=1e-5)


def test_cases_are_chosen_by_set_and_name(case: Case) -> None:
    other = replace(case, name="other", group="extended")
    assert choose([case, other], None, []) == [case, other]
    assert choose([case, other], "develop", []) == [case]
    assert choose([case, other], None, ["other"]) == [other]


def test_the_scrambled_file_holds_the_chosen_chains_moved(case: Case, move: np.ndarray, tmp_path: Path) -> None:
    xyz = scramble(case.structure, case.chains, tmp_path / "moved.pdb", move)
    moved = gemmi.read_structure(str(tmp_path / "moved.pdb"))
    assert [chain.name for chain in moved[0]] == ["B"]
    written = np.array([atom.pos.tolist() for chain in moved[0] for residue in chain for atom in residue])
    np.testing.assert_allclose(written, apply(move, xyz), atol=2e-3)


def fake_fit(monkeypatch: pytest.MonkeyPatch, case: Case, shift: tuple[float, float, float]) -> None:
    """Let `difffit fit` answer with the true placement of a run with seed 3, off by a shift (Å)."""
    answer = undoing(random_move(np.random.default_rng([3, 7919])), shift)
    scores = {"correlation_about_mean": 0.9}
    cluster = {"rank": 1, "hits": 7, "confidence": 0.8, "scores": scores, "map_from_model": answer.tolist()}

    def measured(command: list[str]) -> Cost:
        out = Path(command[command.index("-o") + 1])
        out.mkdir()
        (out / "fits.json").write_text(json.dumps({"clusters": [cluster], "seconds": {"total": 1.5}}))
        return Cost(0, "", 2.0, 3.0, 400.0)

    monkeypatch.setattr(runs, "measure", measured)


def test_a_run_that_finds_the_place_passes(monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    fake_fit(monkeypatch, case, (0.0, 0.0, 0.1))
    run = runs.run_case(case, 3)
    assert run.passed
    assert (run.rank, run.hits, run.copies, run.of, run.fit_seconds) == (1, 7, 1, 1, 1.5)
    assert run.rmsd == pytest.approx(0.1)
    assert "0.100" in row(run)
    assert summary([run]).startswith("1 of 1 ok")


def test_a_run_that_is_not_close_enough_does_not_pass(monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    fake_fit(monkeypatch, case, (0.0, 0.0, 0.6))
    run = runs.run_case(case, 3)
    assert not run.passed
    assert row(run).endswith("NOT OK")
    assert not passes(case, judge([], case.truth, IDENTITY, ATOMS))


def test_a_failed_fit_shows_its_sentence(monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    monkeypatch.setattr(runs, "measure", lambda _: Cost(1, "trace\npair.mrc does not exist.", 0.1))
    run = runs.run_case(case, 0)
    assert not run.passed
    assert row(run).endswith("FAILED: pair.mrc does not exist.")


def test_rows_stand_under_their_headings() -> None:
    run = runs.Run("x", 0, True, "", 1.0, 2.0, 300.0, 2, 1.0, fit_seconds=0.5, rank=1, rmsd=0.5, copies=2, hits=10)
    assert len(row(run)) == len(HEADER)


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell")
def test_a_process_is_measured_by_itself() -> None:
    small = measure([sys.executable, "-c", "import sys; print('no', file=sys.stderr); sys.exit(3)"])
    large = measure([sys.executable, "-c", "x = bytearray(400_000_000); x[::4096] = b'1' * len(x[::4096])"])
    again = measure([sys.executable, "-c", ""])
    assert (small.code, small.error) == (3, "no")
    assert large.peak_mb is not None
    assert large.peak_mb > 400
    assert again.peak_mb is not None
    assert again.peak_mb < large.peak_mb - 100
    assert again.cpu_seconds is not None
    assert 0 < again.cpu_seconds < 10 * again.wall_seconds


def test_memory_is_told_in_the_systems_unit() -> None:
    assert megabytes(1_000_000, "linux") == pytest.approx(1024)
    assert megabytes(1_000_000, "darwin") == pytest.approx(1)


def test_an_unknown_case_is_an_error(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    listed = str(case.structure.with_name("cases.json"))
    assert main(["bench", "--cases", listed, "--only", "nothing", "--no-baseline", "--no-growth"]) == 1
    assert "No case has that name" in capsys.readouterr().err
