import csv
import json
from pathlib import Path

import gemmi
import numpy as np
import pytest

from difffit_core.errors import DiffFitError, SettingsError
from difffit_core.events import StageAdvanced, run
from difffit_core.files.structure_files import read_structure
from difffit_core.scan import prepare_library as module
from difffit_core.scan.library import list_library
from difffit_core.scan.library_parts import Entry, Preparing
from difffit_core.scan.prepare_library import prepare_library

NAMES = ("ALA", "GLY", "SER", "LEU", "VAL", "LYS", "ASP", "PHE", "THR", "ASN")


def chain_lines(chain: str, residues: int, *, seed: int, plddt: object = 90.0, mutate: int = 0) -> list[str]:
    """Cα and N atoms of a wandering chain; with a seed its sequence and its shape, `mutate` residues changed."""
    rng = np.random.default_rng(seed)
    names = rng.choice(NAMES, residues)
    steps = rng.normal(size=(residues, 3))
    xyz = np.cumsum(3.8 * steps / np.linalg.norm(steps, axis=1, keepdims=True), axis=0)
    names[: 10 * mutate : 10] = "TRP"
    confidence = np.broadcast_to(np.asarray(plddt, float), residues)
    lines = []
    for k in range(residues):
        for atom, shift in (("N ", -1.4), ("CA", 0.0)):
            x, y, z = xyz[k] + [shift, 0, 0]
            lines.append(
                f"ATOM  {len(lines) + 1:>5}  {atom}  {names[k]} {chain}{k + 1:>4}    {x:8.3f}{y:8.3f}{z:8.3f}"
                f"  1.00{confidence[k]:6.2f}          {atom[0]:>2}"
            )
    return lines


def write(path: Path, *chains: list[str], head: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*head.splitlines(), *(line for chain in chains for line in [*chain, "TER"]), "END", ""]))
    return path


def prepare(models: Path, into: Path, **how: object) -> dict[str, Entry]:
    """The entries by model and part."""
    found = run(prepare_library(list_library(models, into / ".models"), into, Preparing(**how)))  # type: ignore[arg-type]
    return {entry.file or entry.source: entry for entry in found}


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "library.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_names_of_molecules_reach_the_scan(models, tmp_path):
    head = "COMPND    MOL_ID: 1;\nCOMPND   2 MOLECULE: LARGE ONE;\nCOMPND   3 CHAIN: A, C;\n"
    head += "COMPND   4 MOL_ID: 2;\nCOMPND   5 MOLECULE: SMALL ONE;\nCOMPND   6 CHAIN: B"
    a, b = chain_lines("A", 60, seed=1), chain_lines("B", 40, seed=2)
    write(models / "two.pdb", a, b, head=head)
    prepare(models, tmp_path / "lib", chains=True)
    found = {source.name: source.description for source in list_library(tmp_path / "lib", tmp_path)}
    assert found == {"two_A": "LARGE ONE", "two_B": "SMALL ONE"}
    assert [row["residues"] for row in table(tmp_path / "lib")] == ["60", "40"]


def test_predictions_lose_what_they_are_not_sure_of(models, tmp_path):
    plddt = np.r_[np.full(20, 40.0), np.full(50, 90.0), np.full(15, 30.0)]
    lines = chain_lines("A", 85, seed=1, plddt=plddt)
    write(models / "AF-X-F1-model_v4.pdb", lines, head="TITLE     ALPHAFOLD MONOMER V2.0 PREDICTION FOR X (X)")
    write(models / "crystal.pdb", chain_lines("A", 85, seed=2, plddt=plddt))  # B-factors, which say something else
    entries = prepare(models, tmp_path / "lib")
    assert entries["AF-X-F1-model_v4_sure.cif"].part == "A:21-70"
    assert entries["crystal.pdb"].residues == 85
    assert len(read_structure(tmp_path / "lib" / "AF-X-F1-model_v4_sure.cif")) == 100


@pytest.mark.parametrize(
    ("model", "errors"),
    [
        ("AF-X-F1-model_v4.pdb", "AF-X-F1-predicted_aligned_error_v4.json"),
        ("fold_x_model_0.pdb", "fold_x_full_data_0.json"),
        ("x_unrelaxed_rank_001_model_3.pdb", "x_scores_rank_001_model_3.json"),
        ("x.pdb", "x_pae.json"),
    ],
)
def test_predictions_come_apart_where_their_errors_say_so(model, errors, models, tmp_path):
    write(models / model, chain_lines("A", 90, seed=1))
    error = np.full((90, 90), 25.0)
    error[:40, :40] = error[40:, 40:] = 2.0
    (models / errors).write_text(json.dumps({"pae": error.tolist()}))
    assert sorted(entry.residues for entry in prepare(models, tmp_path / "lib").values()) == [40, 50]


def test_duplicates_are_left_out_and_other_shapes_are_not(models, tmp_path):
    write(models / "first.pdb", chain_lines("A", 100, seed=1))
    write(models / "mutant.pdb", chain_lines("A", 100, seed=1, mutate=3))
    write(models / "shorter.pdb", chain_lines("A", 100, seed=1)[:170])
    write(models / "unlike.pdb", chain_lines("A", 100, seed=2))
    bent = chain_lines("A", 100, seed=1)
    for k in range(100, 200):  # the second half stays where it is, turned by half a turn
        x, y = float(bent[k][30:38]), float(bent[k][38:46])
        bent[k] = f"{bent[k][:30]}{-x:8.3f}{-y:8.3f}{bent[k][46:]}"
    write(models / "bent.pdb", bent)
    entries = prepare(models, tmp_path / "lib")
    reasons = {name: entry.reason for name, entry in entries.items() if entry.reason}
    assert set(reasons) == {"first.pdb", "mutant.pdb", "shorter.pdb"} - {kept_of(entries)}
    assert all(f"The same as {kept_of(entries)}" in reason for reason in reasons.values())
    assert {p.name for p in (tmp_path / "lib").glob("*.pdb")} == {kept_of(entries), "unlike.pdb", "bent.pdb"}
    assert all(not entry.reason for entry in prepare(models, tmp_path / "all", identity=101.0).values())
    strict = prepare(models, tmp_path / "strict", identity=99.0)
    assert not strict["mutant.pdb"].reason


def kept_of(entries: dict[str, Entry]) -> str:
    """Which of the three that are alike was kept."""
    (kept,) = (name for name in ("first.pdb", "mutant.pdb", "shorter.pdb") if not entries[name].reason)
    return kept


def test_what_cannot_be_used_is_told_with_the_reason(models, tmp_path):
    write(models / "tiny.pdb", chain_lines("A", 10, seed=1))
    write(models / "huge.pdb", chain_lines("A", 90, seed=2))
    (models / "broken.cif").write_text("<html>")
    entries = prepare(models, tmp_path / "lib", most=80)
    assert "fewer than 30" in entries["tiny.pdb"].reason
    assert "more than 80" in entries["huge.pdb"].reason
    assert "web page" in entries["broken.cif"].reason
    assert [row["file"] for row in table(tmp_path / "lib")] == ["", "", ""]


def test_nothing_is_made_twice_and_what_has_gone_is_removed(models, tmp_path, monkeypatch):
    for k in range(4):
        write(models / f"m{k}.pdb", chain_lines("A", 60, seed=k))
    write(models / "copy.pdb", chain_lines("A", 60, seed=3), head="REMARK 1")
    first = prepare(models, tmp_path / "lib")
    read: list[str] = []
    real = module.make_entries
    monkeypatch.setattr(module, "make_entries", lambda source, *rest: read.append(source.name) or real(source, *rest))
    assert prepare(models, tmp_path / "lib") == first
    assert read == []
    (models / "m0.pdb").unlink()
    (models / "copy.pdb").unlink()
    write(models / "m1.pdb", chain_lines("A", 70, seed=1))
    prepare(models, tmp_path / "lib")
    assert read == ["m1"]
    assert {source.name for source in list_library(tmp_path / "lib", tmp_path)} == {"m1", "m2", "m3"}


def test_what_was_made_before_it_was_cancelled_is_kept(models, tmp_path, monkeypatch):
    for k in range(6):
        write(models / f"m{k}.pdb", chain_lines("A", 60, seed=k))
    job = prepare_library(list_library(models, tmp_path), tmp_path / "lib", Preparing())
    for event in job:
        if isinstance(event, StageAdvanced) and event.step == 3:
            break
    job.close()
    read: list[str] = []
    real = module.make_entries
    monkeypatch.setattr(module, "make_entries", lambda source, *rest: read.append(source.name) or real(source, *rest))
    assert len(prepare(models, tmp_path / "lib")) == 6
    assert read == ["m3", "m4", "m5"]


def test_a_folder_with_other_structures_is_left_alone(models, tmp_path):
    write(models / "m.pdb", chain_lines("A", 60, seed=1))
    thesis = write(tmp_path / "lib" / "thesis.pdb", chain_lines("A", 60, seed=2))
    with pytest.raises(DiffFitError, match="holds structures already"):
        prepare(models, tmp_path / "lib")
    assert thesis.exists()


@pytest.mark.parametrize("how", [{"plddt": 101}, {"fewest": 0}, {"fewest": 50, "most": 40}, {"identity": 10}])
def test_settings_out_of_range_are_a_sentence(how):
    with pytest.raises(SettingsError):
        Preparing(**how)


def test_a_mmcif_entry_says_what_its_entities_are(models, tmp_path):
    pdb = write(tmp_path / "x.pdb", chain_lines("A", 60, seed=1))
    structure = gemmi.read_structure(str(pdb))
    structure.setup_entities()
    document = structure.make_mmcif_document()
    block = document.sole_block()
    (entity,) = (row[0] for row in block.find("_entity.", ["id", "type"]) if row[1] == "polymer")
    block.find_mmcif_category("_entity.").erase()
    loop = block.init_loop("_entity.", ["id", "type", "pdbx_description"])
    loop.add_row([entity, "polymer", "'a long name'"])
    models.mkdir()
    document.write_file(str(models / "x.cif"))
    assert prepare(models, tmp_path / "lib")["x.cif"].description == "a long name"
