"""What is no usable map is refused in one sentence that names the file."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from difffit_core.errors import MapFileError
from difffit_core.files.map_files import read_map
from tests.files.map_making import mrc_bytes, ramp

DATA = ramp()
WITH_NAN = np.where(DATA == 3, np.nan, DATA).astype(np.float32)
BRIX = b":-) Origin    7  -38  -42 Extent   85   90  111 ".ljust(2000)
DSN6 = np.array([1, 2, 3, 20, 20, 20] + [0] * 12 + [100] + [0] * 300, dtype=">i2").tobytes()

BROKEN = {
    "empty": (b"", "empty"),
    "half a header": (mrc_bytes(DATA)[:500], "inside its 1024-byte header"),
    "header only": (mrc_bytes(DATA)[:1024], "incomplete"),
    "cut data": (mrc_bytes(DATA)[:-1], "incomplete"),
    "cut gzip": (gzip.compress(mrc_bytes(DATA))[:-40], "damaged or incomplete"),
    "gzip of a cut map": (gzip.compress(mrc_bytes(DATA)[:-8]), "incomplete"),
    "damaged gzip": (b"\x1f\x8b\x08\x00" + bytes(100), "damaged"),
    "xz": (b"\xfd7zXZ\x00" + bytes(100), "unpack it first"),
    "text": (b"this is not a map\n" * 100, "text file"),
    "web page": (b"<!DOCTYPE html><html>" + b"<p>404</p>" * 200, "web page"),
    "git-lfs pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"),
    "BRIX": (BRIX, "BRIX"),
    "DSN6": (DSN6, "DSN6"),
    "huge": (mrc_bytes(DATA, words={1: 60000, 2: 60000, 3: 60000}), "incomplete"),
    "huge, compressed": (gzip.compress(mrc_bytes(DATA, words={1: 60000, 2: 60000, 3: 60000})), "incomplete"),
    "negative size": (mrc_bytes(DATA, words={1: -5}), "claims"),
    "no size": (mrc_bytes(DATA, words={2: 0}), "claims"),
    "unknown mode": (mrc_bytes(DATA, words={4: 77}), "mode 77"),
    "complex": (mrc_bytes(DATA, words={4: 4}), "complex numbers"),
    "complex integers": (mrc_bytes(DATA, words={4: 3}), "complex numbers"),
    "same axis twice": (mrc_bytes(DATA, words={18: 1}), "axes 1, 1, 3"),
    "strange axes": (mrc_bytes(DATA, words={17: 10, 18: 11, 19: 12}), "axes 10, 11, 12"),
    "extended header beyond the end": (mrc_bytes(DATA, words={24: 10**9}), "incomplete"),
    "negative extended header": (mrc_bytes(DATA, words={24: -80}), "extended header"),
    "monoclinic": (mrc_bytes(DATA, words={15: 100.0}), "non-orthogonal"),
    "angle NaN": (mrc_bytes(DATA, words={15: float("nan")}), "non-orthogonal"),
    "negative cell": (mrc_bytes(DATA, words={11: -10.0}), "voxel size"),
    "cell NaN": (mrc_bytes(DATA, words={11: float("nan")}), "voxel size"),
    "absurd cell": (mrc_bytes(DATA, words={11: 1e9}), "voxel size"),
    "negative grid": (mrc_bytes(DATA, words={8: -7}), "damaged"),
    "2-D image": (mrc_bytes(ramp((1, 6, 7))), "2-D image"),
    "image stack": (mrc_bytes(DATA, words={10: 1, 23: 0}), "stack of 5 images"),
    "volume stack": (mrc_bytes(DATA, words={23: 401}), "stack of volumes"),
    "NaN": (mrc_bytes(WITH_NAN), "not finite"),
    "infinite": (mrc_bytes(np.where(DATA == 3, np.inf, DATA)), "not finite"),
    "constant": (mrc_bytes(np.full((4, 4, 4), 2.5)), "the same density"),
    "rotated": (mrc_bytes(DATA, words={25: 1, 27: 1.0, 28: 0.0, 29: -1.0, 34: 1.0}), "skew"),
    "Situs with too few": (b"1.0 0 0 0 5 5 5\n\n 1.0 2.0 3.0\n", "promises 125"),
    "Situs with text": (b"1.0 0 0 0 2 2 2\n\n 1.0 2.0 oops 4.0\n", "text among"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_refused_in_one_sentence(tmp_path: Path, kind: str) -> None:
    content, about = BROKEN[kind]
    path = tmp_path / "given.mrc"
    path.write_bytes(content)
    with pytest.raises(MapFileError) as refusal:
        read_map(path)
    sentence = str(refusal.value)
    assert about in sentence
    assert sentence.startswith("given.mrc ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_relion_stacks_are_known_by_their_suffix(tmp_path: Path) -> None:
    (tmp_path / "particles.mrcs").write_bytes(mrc_bytes(DATA))
    with pytest.raises(MapFileError, match="stack of 5 images"):
        read_map(tmp_path / "particles.mrcs")


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(MapFileError, match="does not exist"):
        read_map(tmp_path / "missing.mrc")
    with pytest.raises(MapFileError, match="is a folder"):
        read_map(tmp_path)


def test_an_origin_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "map.mrc").write_bytes(mrc_bytes(DATA))
    with pytest.raises(MapFileError, match="three numbers"):
        read_map(tmp_path / "map.mrc", origin_xyz=(0.0, float("nan"), 0.0))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 1023), st.binary(min_size=1, max_size=8)), max_size=6), st.integers(0, 1900))
def test_no_damage_to_a_header_gives_a_traceback(tmp_path: Path, damages: list[tuple[int, bytes]], length: int) -> None:
    content = bytearray(mrc_bytes(DATA))
    for start, damage in damages:
        content[start : start + len(damage)] = damage
    _reads_or_refuses(tmp_path / "map.mrc", bytes(content[:length] if length < 1800 else content))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2500), st.sampled_from([b"", b"\x1f\x8b\x08\x00", b"BZh9", b"1.0 0 0 0 2 2 2 "]))
def test_no_content_at_all_gives_a_traceback(tmp_path: Path, content: bytes, beginning: bytes) -> None:
    _reads_or_refuses(tmp_path / "map.mrc", beginning + content)


def _reads_or_refuses(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        volume = read_map(path).volume
    except MapFileError:
        return  # any other error fails the test
    assert volume.data.ndim == 3
    assert np.isfinite(volume.data).all()
    assert (volume.voxel_size_xyz > 0).all()
    assert np.isfinite(volume.origin_xyz).all()
