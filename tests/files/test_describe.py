"""What `difffit info` says."""

import json
from pathlib import Path

import numpy as np
import pytest

from difffit_core.files.describe import describe_map, describe_structure
from difffit_core.files.samples import load_sample
from tests.files.map_making import mrc_bytes
from tests.files.pdb_making import AWKWARD_CIF, AWKWARD_PDB


def test_a_map_is_described_in_plain_json(tmp_path: Path) -> None:
    data = np.zeros((6, 8, 10), dtype=np.float32)
    data[2:4, 3:5, 4:6] = 2.0
    data[0, 0, 0] = -0.5
    content = mrc_bytes(data, axes=(3, 1, 2), voxel_xyz=(1.5, 1.25, 1.0), nstart_xyz=(2, 0, -4))
    (tmp_path / "map.mrc").write_bytes(content)
    said = json.loads(json.dumps(describe_map(tmp_path / "map.mrc").as_dict(), allow_nan=False))
    assert said["kind"] == "map"
    assert said["shape_zyx"] == [6, 8, 10]
    assert said["voxel_size_xyz"] == [1.5, 1.25, 1.0]
    assert said["origin_xyz"] == [3.0, 0.0, -4.0]
    assert said["axis_order"] == [3, 1, 2]
    assert (said["mode"], said["min"], said["max"]) == (2, -0.5, 2.0)
    assert said["mean"] == pytest.approx(float(data.mean()))
    assert said["std"] == pytest.approx(float(data.std()))
    assert said["min"] <= said["suggested_level"] <= said["max"]
    assert said["warnings"] == []


def test_a_structure_is_described_in_plain_json(tmp_path: Path) -> None:
    (tmp_path / "given.pdb").write_text(AWKWARD_PDB)
    said = json.loads(json.dumps(describe_structure(tmp_path / "given.pdb").as_dict(), allow_nan=False))
    assert said["kind"] == "structure"
    assert said["models"] == 2
    assert said["atoms"] == 9
    assert said["atoms_in_fit"] == 5
    assert said["chains"] == [
        {"name": "A", "residues": 3, "atoms": 7, "kind": "protein"},
        {"name": "B", "residues": 1, "atoms": 2, "kind": "ligand"},
    ]
    assert said["centroid_xyz"] == pytest.approx([51.1 / 5, 50.6 / 5, 57.1 / 5])
    assert any("2 models" in warning for warning in said["warnings"])
    assert any("alternate" in warning for warning in said["warnings"])


def test_kinds_of_chains(tmp_path: Path) -> None:
    rows = [
        ("ATOM", "P", "A", "R"),
        ("ATOM", "P", "U", "R"),
        ("ATOM", "P", "DA", "D"),
        ("ATOM", "P", "DT", "D"),
        ("HETATM", "O", "HOH", "W"),
        ("HETATM", "C1", "NAG", "S"),
    ]
    lines = [
        f"{record:6}{i:5} {atom:>3}  {residue:>3} {chain}{i:4}    {i:8.3f}{0:8.3f}{0:8.3f}  1.00 10.00{atom[0]:>12}"
        for i, (record, atom, residue, chain) in enumerate(rows, start=1)
    ]
    (tmp_path / "given.pdb").write_text("\n".join(lines))
    kinds = {chain.name: chain.kind for chain in describe_structure(tmp_path / "given.pdb").chains}
    assert kinds == {"R": "rna", "D": "dna", "W": "water", "S": "sugar"}


def test_author_names_of_mmcif(tmp_path: Path) -> None:
    (tmp_path / "given.cif").write_text(AWKWARD_CIF)
    assert [chain.name for chain in describe_structure(tmp_path / "given.cif").chains] == ["LongName", "B"]


def test_the_bundled_sample(tmp_path: Path) -> None:
    sample = load_sample()
    assert describe_map(sample.map_path).shape_zyx == (100, 100, 100)
    described = describe_structure(sample.structure("whole").path)
    assert [chain.kind for chain in described.chains] == ["protein"] * 4
