"""`difffit remove` as a user types it."""

import json

import mrcfile
import numpy as np
import pytest

from difffit_core.cli import main
from difffit_core.files.map_files import read_map, write_volume
from difffit_core.files.placed_structures import write_placed_structure
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure

SAMPLE = load_sample()
LEVEL, RESOLUTION = str(SAMPLE.contour_level), str(SAMPLE.resolution)


@pytest.fixture
def placed(tmp_path):
    """Both α chains where they belong."""
    alpha = SAMPLE.structures[0]
    paths = [tmp_path / f"α chain {number}.cif" for number in (1, 2)]
    for path, matrix in zip(paths, alpha.map_from_model, strict=True):
        write_placed_structure(path, read_structure(alpha.path), matrix)
    return [str(path) for path in paths]


@pytest.mark.parametrize("mode", ["zero", "subtract"])
def test_remove_writes_the_remaining_map_on_the_same_grid(tmp_path, placed, capsys, mode):
    out = tmp_path / "remaining.mrc"
    command = ["remove", str(SAMPLE.map_path), *placed, "-o", str(out), "--mode", mode, "--level", LEVEL]
    assert main([*command, "--resolution", RESOLUTION, "--json", "--quiet"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert 0.35 < content["explained_fraction"] < 0.55
    assert [row["path"] for row in content["structures"]] == placed
    before, after = read_map(SAMPLE.map_path), read_map(out)
    np.testing.assert_array_equal(after.volume.origin_xyz, before.volume.origin_xyz)
    np.testing.assert_allclose(after.header.cell_xyz, before.header.cell_xyz, rtol=1e-6)
    above = before.volume.data > SAMPLE.contour_level
    assert 0.4 < (after.volume.data[above] > SAMPLE.contour_level).mean() < 0.85
    assert mrcfile.validate(out)


def test_suggested_level_and_resolution_are_named(tmp_path, placed, capsys):
    out = tmp_path / "remaining.mrc.gz"
    assert main(["remove", str(SAMPLE.map_path), placed[0], "-o", str(out)]) == 0
    shown = capsys.readouterr()
    assert "explained" in shown.out
    assert "level" in shown.err
    assert read_map(out).volume.data.shape == (100, 100, 100)


def test_cell_of_a_cut_out_is_kept(tmp_path, placed):
    part, out = tmp_path / "part.mrc", tmp_path / "out.mrc"
    write_volume(part, read_map(SAMPLE.map_path).volume.crop((20, 10, 5), (90, 95, 98)))
    with mrcfile.open(part, "r+") as opened:
        opened.header.mx, opened.header.my, opened.header.mz = 100, 100, 100
        opened.header.cella = (105.0, 105.0, 105.0)
    assert main(["remove", str(part), placed[0], "-o", str(out), "--level", LEVEL, "--quiet"]) == 0
    before, after = read_map(part), read_map(out)
    assert after.header.intervals_xyz == (100, 100, 100)
    assert after.header.cell_xyz == pytest.approx((105, 105, 105))
    np.testing.assert_allclose(after.volume.origin_xyz, before.volume.origin_xyz)


def test_radius_below_zero_is_one_sentence(tmp_path, placed, capsys):
    command = ["remove", str(SAMPLE.map_path), placed[0], "-o", str(tmp_path / "x.mrc"), "--radius", "-1"]
    assert main(command) == 1
    assert "radius must be above 0" in capsys.readouterr().err
    assert not (tmp_path / "x.mrc").exists()


def test_structure_outside_of_the_map_is_one_sentence(tmp_path, capsys):
    far = tmp_path / "far.cif"
    structure = read_structure(SAMPLE.structures[0].path)
    write_placed_structure(far, structure, np.column_stack([np.eye(3), [900.0, 0, 0]]))
    command = ["remove", str(SAMPLE.map_path), str(far), "-o", str(tmp_path / "x.mrc"), "--quiet", "--level", LEVEL]
    assert main(command) == 1
    assert "outside of the map" in capsys.readouterr().err
