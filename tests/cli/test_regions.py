"""Regions as a user types them."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from difffit_core.cli import main
from difffit_core.data.region import Box, Mask, Sphere
from difffit_core.errors import SettingsError
from difffit_core.files.map_files import read_volume, write_volume
from difffit_core.files.placed_structures import write_placed_structure
from difffit_core.files.regions import read_region, read_shape
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure

SAMPLE = load_sample()
MAP, CHAIN = SAMPLE.map_path, SAMPLE.structures[0].path
TRUTHS = SAMPLE.structures[0].map_from_model
STRUCTURE = read_structure(CHAIN)
COMMON = ["--resolution", str(SAMPLE.resolution), "--preset", "fast", "--json", "--quiet"]


def place(matrix: np.ndarray) -> np.ndarray:
    return STRUCTURE.xyz @ matrix[:, :3].T + matrix[:, 3]


def sphere_at(truth: np.ndarray, radius: float) -> str:
    return "sphere:" + ",".join(f"{v:.2f}" for v in [*place(truth).mean(axis=0), radius])


def fit(capsys, structure: Path, *arguments: str) -> list[np.ndarray]:
    """The places of the clusters, best first."""
    capsys.readouterr()
    assert main(["fit", str(MAP), str(structure), *arguments, *COMMON]) == 0
    return [np.array(c["map_from_model"]) for c in json.loads(capsys.readouterr().out)["clusters"]]


def rmsd(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.sqrt(((a - b) ** 2).sum(axis=1).mean()))


@pytest.mark.parametrize("k", [0, 1])
def test_either_copy_can_be_asked_for_by_a_region(capsys, k):
    found = fit(capsys, CHAIN, "--region", sphere_at(TRUTHS[k], 8))
    assert rmsd(place(found[0]), place(TRUTHS[k])) < 1.0
    assert all(rmsd(place(m), place(TRUTHS[1 - k])) > 5 for m in found)


def test_a_found_copy_can_be_excluded(capsys):
    found = fit(capsys, CHAIN, "--exclude", sphere_at(TRUTHS[0], 8))
    assert rmsd(place(found[0]), place(TRUTHS[1])) < 1.0
    assert all(rmsd(place(m), place(TRUTHS[0])) > 5 for m in found)


def test_near_sets_right_a_structure_that_stands_a_little_off(capsys, tmp_path):
    turn = np.array([[np.cos(0.3), -np.sin(0.3), 0], [np.sin(0.3), np.cos(0.3), 0], [0, 0, 1]])
    centre = place(TRUTHS[1]).mean(axis=0)
    off = np.concatenate(
        [turn @ TRUTHS[1][:, :3], (turn @ (TRUTHS[1][:, 3] - centre) + centre + [3, -2, 1])[:, None]], 1
    )
    write_placed_structure(tmp_path / "off.cif", STRUCTURE, off)
    standing = read_structure(tmp_path / "off.cif").xyz
    matrix = fit(capsys, tmp_path / "off.cif", "--near", "6,25")[0]
    assert rmsd(standing @ matrix[:, :3].T + matrix[:, 3], place(TRUTHS[1])) < 1.0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--region", "circle:1,2,3,4"], "is not a region"),
        (["--region", "sphere:1,2,3"], "needs 4 numbers"),
        (["--region", "sphere:1,2,3,x"], "needs 4 numbers"),
        (["--region", "sphere:1,2,3,-4"], "radius above 0"),
        (["--region", "box:1,2,3,0,9,9"], "two corners"),
        (["--region", "mask:nowhere.mrc:0.5"], "nowhere.mrc does not exist"),
        (["--region", "mask:{map}:1e9"], "nothing above 1e+09"),
        (["--region", "segment:{map}"], "names no segment"),
        (["--region", "segment:{map}:77"], "no voxels of the value 77"),
        (["--exclude", "here"], "is not a region"),
        (["--region", "sphere:9999,9999,9999,5"], "outside of the map"),
        (["--near", "10"], "is not a distance and an angle"),
        (["--near", "10,200"], "180 degrees"),
        (["--near", "5,5"], "outside of the map"),
    ],
)
def test_what_cannot_be_searched_gets_one_sentence(capsys, arguments, says):
    given = [text.format(map=MAP) for text in arguments]
    assert main(["fit", str(MAP), str(CHAIN), *given, "--quiet"]) == 1
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert says in said


def test_shapes_are_read_as_written(tmp_path):
    ball = read_shape("sphere: 1, -2.5, 3e1, 4")
    assert isinstance(ball, Sphere)
    assert (*ball.centre_xyz, ball.radius) == (1, -2.5, 30, 4)
    box = read_shape("BOX:-1,-2,-3,4,5,6")
    assert isinstance(box, Box)
    assert box.corners_xyz.tolist() == [[-1, -2, -3], [4, 5, 6]]
    volume = read_volume(MAP)
    assert read_shape(f"mask:{MAP}").level == pytest.approx(0.5 * float(volume.data.max()))
    assert read_shape(f"mask:{MAP}:0.25").level == 0.25
    assert read_region([]) is None
    with pytest.raises(SettingsError, match="is not a region"):
        read_region(["sphere:0,0,0,1", ""])


@pytest.mark.skipif(os.name == "nt", reason="Windows allows no colons in names")
def test_a_file_with_a_colon_and_a_number_in_its_name_is_a_file(tmp_path):
    odd = tmp_path / "map:3"
    write_volume(odd, read_volume(MAP))
    assert isinstance(read_shape(f"mask:{odd}"), Mask)


def test_a_segment_is_the_voxels_of_one_value(tmp_path):
    volume = read_volume(MAP)
    labels = np.zeros_like(volume.data)
    labels[10:20, 20:30, 30:40], labels[60:70, 20:30, 30:40] = 1, 2
    write_volume(tmp_path / "labels.mrc", volume.with_data(labels))
    segment = read_shape(f"segment:{tmp_path / 'labels.mrc'}:1")
    points = volume.map_from_index(np.array([[35.0, 25, 15], [35, 25, 65], [35, 25, 40]]))
    assert segment.contains(points).tolist() == [True, False, False]
