"""Maps and structures as programs and archives really write them; skipped where the larger data are not at hand."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from difffit_core.data.structure import Structure
from difffit_core.data.volume import Volume
from difffit_core.errors import MapFileError, StructureFileError
from difffit_core.files.describe import describe_structure
from difffit_core.files.map_files import read_map, read_volume, write_volume
from difffit_core.files.placed_structures import write_placed_structures
from difffit_core.files.structure_files import read_structure
from tests.files.pdb_making import MAP_FROM_MODEL

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("DIFFFIT_SHARED_DATA") or ROOT.parent / "shared" / "data")


def listed(file: str, default: Any) -> Any:
    path = DATA / file
    return json.loads(path.read_text("utf-8")) if path.exists() else default


MAPS: dict[str, dict[str, Any]] = listed("formats/expected.json", {})
STRUCTURES: dict[str, dict[str, Any]] = {entry["file"]: entry for entry in listed("structures/manifest.json", [])}
REFUSED_STRUCTURES = {
    *("1l2y.bcif", "6wg6.bcif.gz", "empty.pdb", "html_error.cif", "only_header.pdb", "water_only.pdb"),
    *("nan_coords.pdb", "alphapulldown_pae_model_1.json", "3now_colabfold_scores_pae.json.gz"),
}


def of_kind(ok: bool | None) -> list[str]:
    return [name for name, entry in MAPS.items() if entry["ok"] is ok]


def density_at(volume: Volume, structure: Structure) -> float:
    index = volume.index_from_map(structure.xyz)
    return float(map_coordinates(volume.data, index[:, ::-1].T, order=1, mode="constant").mean())


@pytest.mark.parametrize("name", of_kind(True))
def test_map_is_read_as_it_is_meant(name: str, tmp_path: Path) -> None:
    expected = MAPS[name]
    volume = read_volume(DATA / "formats" / name)
    if "shape_xyz" in expected:
        assert volume.shape_xyz == tuple(expected["shape_xyz"])
        assert volume.voxel_size_xyz == pytest.approx(expected["voxel"], abs=1e-4)
    if "effective_origin" in expected:
        assert volume.origin_xyz == pytest.approx(expected["effective_origin"], abs=2e-3)
    if "mean_density_at_5me2" in expected:
        model = read_structure(DATA / "formats" / "synthetic" / "5me2.pdb")
        wanted = pytest.approx(expected["mean_density_at_5me2"], rel=expected["rel_tol"])
        assert density_at(volume, model) == wanted
    write_volume(tmp_path / "again.mrc", volume)
    again = read_volume(tmp_path / "again.mrc")
    assert again.data.tobytes() == volume.data.tobytes()
    assert again.origin_xyz == pytest.approx(volume.origin_xyz, abs=1e-4)


@pytest.mark.parametrize("name", [name for name, entry in MAPS.items() if "model" in entry])
def test_a_model_lies_in_the_density_of_its_map(name: str) -> None:
    volume = read_volume(DATA / "formats" / name)
    model = read_structure(DATA / "formats" / "real" / MAPS[name]["model"])
    above_noise = (density_at(volume, model) - volume.data.mean()) / volume.data.std()
    assert above_noise > 2


@pytest.mark.parametrize("name", of_kind(False))
def test_bad_map_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(MapFileError, match=r"^[^\n]+\.$") as refusal:
        read_map(DATA / "formats" / name)
    assert Path(name).name in str(refusal.value)


@pytest.mark.parametrize("name", of_kind(None))
def test_doubtful_map_is_read_with_a_warning_or_refused(name: str) -> None:
    try:
        opened = read_map(DATA / "formats" / name)
    except MapFileError:
        return
    assert opened.warnings


@pytest.mark.parametrize("name", STRUCTURES)
def test_structure_is_read_and_comes_back_placed(name: str, tmp_path: Path) -> None:
    path = DATA / "structures" / name
    if name in REFUSED_STRUCTURES:
        with pytest.raises(StructureFileError, match=r"^[^\n]+\.$"):
            read_structure(path)
        return
    structure = read_structure(path)
    assert np.isfinite(structure.xyz).all()
    assert not np.isin(structure.residue_name, ["HOH", "DOD", "WAT"]).any()
    placed = [tmp_path / "placed.cif", tmp_path / "placed.pdb"]
    if ".cif" in name and max(len(chain) for chain in structure.chain) > 1:
        with pytest.raises(StructureFileError, match="too long for PDB files"):
            write_placed_structures(structure, [(placed.pop(), MAP_FROM_MODEL)])
    write_placed_structures(structure, [(target, MAP_FROM_MODEL) for target in placed])
    for target in placed:
        again = read_structure(target)
        expected = structure.xyz @ MAP_FROM_MODEL[:, :3].T + MAP_FROM_MODEL[:, 3]
        assert np.abs(again.xyz - expected).max() < 6e-4
        for column in ("chain", "residue_number", "insertion_code", "residue_name", "atom_name", "element"):
            assert np.array_equal(getattr(again, column), getattr(structure, column))


@pytest.mark.parametrize("name", [name for name, entry in STRUCTURES.items() if "atoms_model1" in entry])
def test_structure_is_described_as_gemmi_counts_it(name: str) -> None:
    if name in REFUSED_STRUCTURES:
        pytest.skip("refused, as another test says")
    described = describe_structure(DATA / "structures" / name)
    assert described.models == STRUCTURES[name]["models"]
    assert len(described.chains) == STRUCTURES[name]["chains"]
    assert described.atoms == STRUCTURES[name]["atoms_model1"] == sum(chain.atoms for chain in described.chains)
