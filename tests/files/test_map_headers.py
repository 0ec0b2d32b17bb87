"""Every way in which programs write where a map lies and how it is stored."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from difffit_core.files.map_files import read_map, read_volume
from tests.files.map_making import mrc_bytes, ramp

DATA = ramp((5, 6, 7))
VOXEL = (1.1, 1.3, 0.9)
ORDERS = list(itertools.permutations((1, 2, 3)))


def saved(folder: Path, content: bytes, name: str = "map.mrc") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("placed_by", ["nstart", "origin", "both"])
@pytest.mark.parametrize("axes", ORDERS)
def test_position_is_the_same_however_it_is_written(
    tmp_path: Path, axes: tuple[int, int, int], placed_by: str, order: str
) -> None:
    nstart = (4, -3, 10)
    origin = tuple(n * v for n, v in zip(nstart, VOXEL, strict=True))
    content = mrc_bytes(
        DATA,
        axes=axes,
        voxel_xyz=VOXEL,
        order=order,
        intervals_xyz=(70, 60, 50),
        nstart_xyz=nstart if placed_by in ("nstart", "both") else (0, 0, 0),
        origin_xyz=origin if placed_by in ("origin", "both") else (0.0, 0.0, 0.0),
    )
    opened = read_map(saved(tmp_path, content))
    assert np.array_equal(opened.volume.data, DATA)
    assert opened.volume.data.flags.c_contiguous
    assert opened.volume.voxel_size_xyz == pytest.approx(VOXEL, abs=1e-6)
    assert opened.volume.origin_xyz == pytest.approx(origin, abs=1e-5)
    assert opened.header.byte_order == order
    assert opened.warnings == ()


@pytest.mark.parametrize("axes", ORDERS)
def test_corners_of_an_anisotropic_offset_permuted_map(tmp_path: Path, axes: tuple[int, int, int]) -> None:
    content = mrc_bytes(DATA, axes=axes, voxel_xyz=VOXEL, nstart_xyz=(-2, 5, 9), intervals_xyz=(20, 30, 40))
    volume = read_volume(saved(tmp_path, content))
    for corner in itertools.product((0, 6), (0, 5), (0, 4)):
        index = np.array(corner, dtype=float)
        expected = [(c + n) * v for c, n, v in zip(corner, (-2, 5, 9), VOXEL, strict=True)]
        assert volume.map_from_index(index) == pytest.approx(expected, abs=1e-5)
        assert volume.index_from_map(volume.map_from_index(index)) == pytest.approx(corner, abs=1e-9)
        x, y, z = corner
        assert volume.data[z, y, x] == DATA[z, y, x]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("mode", [0, 1, 2, 6, 12])
def test_every_data_mode_in_both_byte_orders(tmp_path: Path, mode: int, order: str) -> None:
    signed = DATA - 50 if mode != 6 else DATA
    volume = read_volume(saved(tmp_path, mrc_bytes(signed, mode=mode, order=order)))
    assert volume.data.dtype == np.float32
    assert np.array_equal(volume.data, signed)


def test_byte_order_is_seen_even_when_the_machine_stamp_lies(tmp_path: Path) -> None:
    content = mrc_bytes(DATA, order=">", at_212=b"\x44\x44\x00\x00")
    assert np.array_equal(read_volume(saved(tmp_path, content)).data, DATA)


def test_headers_from_before_2000_are_read(tmp_path: Path) -> None:
    assert np.array_equal(read_volume(saved(tmp_path, mrc_bytes(DATA, at_208=bytes(8)))).data, DATA)


def test_extended_header_is_skipped(tmp_path: Path) -> None:
    assert np.array_equal(read_volume(saved(tmp_path, mrc_bytes(DATA, extended=b"x" * 80))).data, DATA)


def test_origin_wins_over_a_decoy_in_nstart_and_says_so(tmp_path: Path) -> None:
    content = mrc_bytes(DATA, nstart_xyz=(-3, -3, -2), origin_xyz=(12.0, 8.0, 6.0))
    opened = read_map(saved(tmp_path, content))
    assert opened.volume.origin_xyz.tolist() == [12, 8, 6]
    assert "two positions" in opened.warnings[0]


def test_user_can_override_the_origin(tmp_path: Path) -> None:
    content = mrc_bytes(DATA, nstart_xyz=(3, 2, -1), origin_xyz=(4.35, 2.9, -1.45))
    opened = read_map(saved(tmp_path, content), origin_xyz=(0, 0, 0))
    assert opened.volume.origin_xyz.tolist() == [0, 0, 0]
    assert opened.warnings == ()


@pytest.mark.parametrize(
    ("words", "about"),
    [
        ({17: 0, 18: 0, 19: 0}, "axes"),
        ({11: 0.0, 12: 0.0, 13: 0.0}, "1 Å"),
        ({8: 0, 9: 0, 10: 0}, "cell grid"),
        ({14: 0.0, 15: 0.0, 16: 0.0}, "right angles"),
        ({50: float("nan")}, "ORIGIN"),
        ({50: 1e30}, "ORIGIN"),
        ({11: 70.0}, "cubic"),
    ],
)
def test_what_had_to_be_assumed_is_said(tmp_path: Path, words: dict[int, int | float], about: str) -> None:
    opened = read_map(saved(tmp_path, mrc_bytes(DATA, words=words)))
    assert np.array_equal(opened.volume.data, DATA)
    assert np.isfinite(opened.volume.origin_xyz).all()
    assert len(opened.warnings) == 1
    assert about in opened.warnings[0]


def test_shift_of_a_ccp4_skew_transformation_is_applied(tmp_path: Path) -> None:
    identity = {26: 1.0, 30: 1.0, 34: 1.0}
    content = mrc_bytes(DATA, nstart_xyz=(1, 1, 1), words={25: 1, **identity, 35: 1.5, 36: 2.5, 37: 3.5})
    opened = read_map(saved(tmp_path, content))
    assert opened.volume.origin_xyz.tolist() == [2.5, 3.5, 4.5]
    assert "skew" in opened.warnings[0]


def test_bytes_are_unsigned_where_imod_says_so(tmp_path: Path) -> None:
    data = ramp() * 2
    stored = mrc_bytes(data.astype(np.uint8).view(np.int8).astype(np.float32), mode=0, words={39: 1146047817, 40: 0})
    assert np.array_equal(read_volume(saved(tmp_path, stored)).data, data)


def test_statistics_come_from_the_voxels_not_from_the_header(tmp_path: Path) -> None:
    opened = read_map(saved(tmp_path, mrc_bytes(DATA, words={20: 9.0, 21: -9.0, 22: 77.0})))
    assert opened.statistics.minimum == DATA.min()
    assert opened.statistics.maximum == DATA.max()
    assert opened.statistics.mean == pytest.approx(DATA.mean(dtype=float))
    assert opened.statistics.standard_deviation == pytest.approx(DATA.std(dtype=float))


def test_inverted_contrast_is_noticed(tmp_path: Path) -> None:
    blob = np.zeros((12, 12, 12), dtype=np.float32)
    blob[5:7, 5:7, 5:7] = 1
    assert read_map(saved(tmp_path, mrc_bytes(blob))).warnings == ()
    assert "negative" in read_map(saved(tmp_path, mrc_bytes(-blob))).warnings[0]
