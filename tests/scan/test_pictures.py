import io
from dataclasses import replace

import numpy as np
from PIL import Image

from difffit_core.data.poses import Poses
from difffit_core.scan.pictures import HEIGHT, WIDTH, around, picture, pictures_of, png_of, surface_of, view_of
from tests.fit.making import blob, empty_grid, map_with, moved, random_pose

STRUCTURE = blob(200, seed=1)
POSE = random_pose(np.array([30.0, 30.0, 30.0]), 2)
MAP = map_with(STRUCTURE, [POSE], empty_grid((40, 40, 40), (1.5, 1.5, 1.5), (0.0, 0.0, 0.0)), 6.0)
LEVEL = 0.15 * float(MAP.data.max())


def placed(pose: Poses) -> np.ndarray:
    return pose.map_from_model(STRUCTURE.centroid_xyz)[0]


def covered(surface: np.ndarray, atoms: np.ndarray) -> float:
    """Share of the atoms before which there is a surface."""
    columns, rows = view_of(atoms).seen(atoms)[:, :2].astype(int).T
    return float((surface[rows, columns, 3] > 100).mean())


def test_the_surface_covers_a_structure_that_is_in_the_density_and_no_other():
    atoms = moved(STRUCTURE, POSE)
    view = view_of(atoms)
    assert covered(surface_of(around(atoms, MAP), LEVEL, view), atoms) > 0.95
    beside = atoms + np.array([60.0, 0.0, 0.0])
    assert covered(surface_of(around(beside, MAP), LEVEL, view_of(beside)), beside) == 0


def test_the_structure_fills_the_picture():
    columns, rows, _ = view_of(moved(STRUCTURE, POSE)).seen(moved(STRUCTURE, POSE)).T
    assert 0 < columns.min() < columns.max() < WIDTH
    assert 0 < rows.min() < rows.max() < HEIGHT
    assert max(np.ptp(columns) / WIDTH, np.ptp(rows) / HEIGHT) > 0.5


def test_light_falls_from_above():
    shade = surface_of(around(moved(STRUCTURE, POSE), MAP), LEVEL, view_of(moved(STRUCTURE, POSE)))
    seen = shade[..., 3] > 100
    top, bottom = (shade[..., 0][seen & half].mean() for half in (rows_above(seen), ~rows_above(seen)))
    assert top > bottom + 5


def rows_above(seen: np.ndarray) -> np.ndarray:
    """Pixels above the middle of what is seen."""
    rows = np.indices(seen.shape)[0]
    return rows < rows[seen].mean()


def test_a_picture_is_a_line_for_every_atom_of_the_trace():
    drawn = picture(MAP, LEVEL, STRUCTURE, placed(POSE))
    assert drawn.count("<path") == 2 * len(STRUCTURE)
    assert drawn.count("<image") == 1


def test_calcium_is_no_alpha_carbon():
    element = STRUCTURE.element.copy()
    element[:50] = 20
    assert picture(MAP, LEVEL, replace(STRUCTURE, element=element), placed(POSE)).count("<path") == 2 * 150


def test_png_is_read_by_others_as_it_was_written():
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 4), dtype=np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png_of(pixels)))), pixels)


def test_files_that_have_gone_leave_a_report_without_pictures(tmp_path):
    gone = {"candidates": [{"path": str(tmp_path / "gone.pdb")}], "map": {"path": str(tmp_path / "gone.mrc")}}
    assert pictures_of(gone) == []
