"""Maps written and read back, and compressed files."""

import bz2
import gzip
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from difffit_core.data.volume import Volume
from difffit_core.errors import MapFileError
from difffit_core.files.map_files import read_map, read_volume, write_volume
from tests.files.map_making import mrc_bytes, ramp


def volume_at(origin_xyz: tuple[float, float, float]) -> Volume:
    rng = np.random.default_rng(0)
    data = rng.normal(size=(9, 8, 7)).astype(np.float32)
    return Volume(data, np.array([1.1, 1.05, 0.831]), np.array(origin_xyz, dtype=float))


@pytest.mark.parametrize("name", ["map.mrc", "map.map", "map.ccp4", "map.mrc.gz"])
@pytest.mark.parametrize("origin", [(0.0, 0.0, 0.0), (-31.37, 12.0, 250.25), (2.2, -4.1, 0.831)])
def test_a_map_written_and_read_back_is_bit_identical(
    tmp_path: Path, name: str, origin: tuple[float, float, float]
) -> None:
    volume = volume_at(origin)
    write_volume(tmp_path / name, volume)
    again = read_map(tmp_path / name)
    assert again.volume.data.tobytes() == volume.data.tobytes()
    assert again.volume.voxel_size_xyz == pytest.approx(volume.voxel_size_xyz, rel=1e-6)
    assert again.volume.origin_xyz == pytest.approx(origin, rel=1e-6)
    assert again.warnings == ()


@pytest.mark.parametrize("name", ["map.mrc", "map.mrc.gz"])
def test_written_maps_satisfy_the_standard(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_volume(tmp_path / name, volume_at((3.0, -2.0, 1.0)))
    assert mrcfile.validate(tmp_path / name), capsys.readouterr().out
    with mrcfile.open(tmp_path / name) as opened:
        assert opened.is_volume()
        assert opened.data.shape == (9, 8, 7)
        assert opened.voxel_size.x == pytest.approx(1.1)


def test_programs_that_read_only_nstart_place_the_map_within_half_a_voxel(tmp_path: Path) -> None:
    origin = np.array([-31.37, 12.0, 250.25])
    volume = volume_at((-31.37, 12.0, 250.25))
    write_volume(tmp_path / "map.mrc", volume)
    with mrcfile.open(tmp_path / "map.mrc") as opened:
        nstart = np.array([opened.header[f"n{axis}start"] for axis in "xyz"])
    assert (np.abs(nstart * volume.voxel_size_xyz - origin) <= volume.voxel_size_xyz / 2).all()


def test_labels_are_handed_on(tmp_path: Path) -> None:
    write_volume(tmp_path / "first.mrc", volume_at((0, 0, 0)))
    first = read_map(tmp_path / "first.mrc")
    write_volume(tmp_path / "second.mrc", first.volume, like=first.header)
    assert read_map(tmp_path / "second.mrc").header.labels == ("Written by DiffFit", "Written by DiffFit")


def test_a_constant_map_can_be_written_although_it_cannot_be_fitted(tmp_path: Path) -> None:
    flat = volume_at((0, 0, 0)).with_data(np.ones((9, 8, 7), dtype=np.float32))
    write_volume(tmp_path / "flat.mrc", flat)
    with pytest.raises(MapFileError, match="the same density"):
        read_volume(tmp_path / "flat.mrc")


def test_writing_into_a_missing_folder_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(MapFileError, match="does not exist"):
        write_volume(tmp_path / "missing" / "map.mrc", volume_at((0, 0, 0)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["map.mrc", "map.mrc.gz", "map.mrc.bz2"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_compression_is_seen_in_the_content_not_in_the_name(tmp_path: Path, name: str, pack: object) -> None:
    assert callable(pack)
    (tmp_path / name).write_bytes(pack(mrc_bytes(ramp())))
    assert np.array_equal(read_volume(tmp_path / name).data, ramp())


def test_situs_maps_are_read(tmp_path: Path) -> None:
    data = ramp((3, 4, 5))
    numbers = " ".join(f"{value:.3f}" for value in data.ravel())
    (tmp_path / "map.situs").write_text(f"2.5 -10.0 20.5 3.25 5 4 3\n\n {numbers}\n")
    volume = read_volume(tmp_path / "map.situs")
    assert np.array_equal(volume.data, data)
    assert volume.voxel_size_xyz.tolist() == [2.5, 2.5, 2.5]
    assert volume.origin_xyz.tolist() == [-10, 20.5, 3.25]


def test_a_large_map_is_not_copied_while_it_is_read(tmp_path: Path) -> None:
    """The array handed out is the very buffer that was read, when the file holds what is needed."""
    (tmp_path / "map.mrc").write_bytes(mrc_bytes(ramp((20, 20, 20))))
    data = read_volume(tmp_path / "map.mrc").data
    assert data.base is not None
    assert data.flags.writeable
