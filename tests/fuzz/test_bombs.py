"""Small files that promise or unpack to far more than they are: refused before memory or disk is taken."""

import bz2
import gzip
import io
import json
import struct
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from difffit_core.document import project_archive
from difffit_core.document.project_file import open_project
from difffit_core.errors import DiffFitError
from difffit_core.files import limits, map_files, pae, structure_parsing
from difffit_core.files.map_files import read_map
from difffit_core.files.pae import read_pae
from difffit_core.files.structure_files import read_structure
from difffit_core.scan import archives
from difffit_core.scan.archives import unpack
from tests.files.map_making import mrc_bytes, ramp
from tests.files.pdb_making import AWKWARD_PDB
from tests.fuzz import seeds

MEGABYTE = 1 << 20
HUGE = {1: 40_000, 2: 40_000, 3: 40_000}  # 256 terabytes of 32-bit numbers
Pack = Callable[[bytes], bytes]


@contextmanager
def taking_at_most(size: int) -> Iterator[None]:
    """Fails when more memory was asked for at any time, whether it was used or not; and after two seconds."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < size
        assert time.process_time() - begun < 2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress], ids=["plain", "gzip", "bzip2"])
def test_a_map_header_that_promises_terabytes_allocates_nothing(tmp_path: Path, pack: Pack) -> None:
    path = tmp_path / "map.mrc"
    path.write_bytes(pack(mrc_bytes(ramp(), words=dict(HUGE))))
    with taking_at_most(6 * MEGABYTE), pytest.raises(DiffFitError, match="incomplete"):
        read_map(path)


def test_an_extended_header_that_promises_gigabytes_allocates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "map.mrc.gz"
    path.write_bytes(gzip.compress(mrc_bytes(ramp(), words={24: 2**31 - 1})))
    with taking_at_most(6 * MEGABYTE), pytest.raises(DiffFitError, match="incomplete"):
        read_map(path)


def test_a_situs_map_that_promises_terabytes_allocates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "map.situs"
    path.write_text("1.0 0 0 0 99999 99999 99999\n\n 1.0 2.0 3.0\n")
    with taking_at_most(6 * MEGABYTE), pytest.raises(DiffFitError, match="promises"):
        read_map(path)


def test_a_map_that_this_computer_cannot_hold_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_files, "memory_of_this_computer", lambda: 100)
    path = tmp_path / "map.mrc"
    path.write_bytes(mrc_bytes(ramp()))
    with pytest.raises(DiffFitError, match=r"too large .* this computer has"):
        read_map(path)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress], ids=["gzip", "bzip2"])
def test_a_compressed_situs_map_with_far_too_much_in_it_is_refused(tmp_path: Path, pack: Pack) -> None:
    path = tmp_path / "map.situs.gz"
    path.write_bytes(pack(b"1.0 0 0 0 20 20 20\n\n" + b"1.000 " * (2 * MEGABYTE // 6)))
    with taking_at_most(6 * MEGABYTE), pytest.raises(DiffFitError, match="far more than the 8,000"):
        read_map(path)


def test_long_numbers_do_not_keep_the_reader_of_situs_maps_busy(tmp_path: Path) -> None:
    path = tmp_path / "map.situs"
    path.write_bytes(b"1" * 5000)
    with taking_at_most(6 * MEGABYTE), pytest.raises(DiffFitError, match="text file"):
        read_map(path)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress], ids=["gzip", "bzip2"])
def test_structures_that_unpack_beyond_the_limit_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Pack
) -> None:
    monkeypatch.setattr(structure_parsing, "MOST_TEXT", 4 * MEGABYTE)
    path = tmp_path / "a.pdb.gz"
    path.write_bytes(pack(AWKWARD_PDB.encode() + b" " * (100 * MEGABYTE)))
    with taking_at_most(20 * MEGABYTE), pytest.raises(DiffFitError, match="holds more than 4 MB"):
        read_structure(path)


def test_a_plain_structure_beyond_the_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdb"
    with open(path, "wb") as stream:
        stream.truncate(limits.MOST_TEXT + 1)  # takes no room on the disk
    with taking_at_most(MEGABYTE), pytest.raises(DiffFitError, match="holds more than 1,024 MB"):
        read_structure(path)


def test_errors_that_unpack_beyond_the_limit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pae, "MOST_TEXT", 4 * MEGABYTE)
    path = tmp_path / "pae.json.gz"
    path.write_bytes(gzip.compress(b"[" + b" " * (100 * MEGABYTE)))
    with taking_at_most(20 * MEGABYTE), pytest.raises(DiffFitError, match="holds more than 4 MB"):
        read_pae(path)


def rewritten(project: bytes, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A project with other content in its entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(project)) as old, zipfile.ZipFile(target, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target.getvalue()


def promising(shape: str) -> Callable[[str, bytes], bytes]:
    """Arrays whose header says that they have this shape."""

    def change(name: str, content: bytes) -> bytes:
        if not name.endswith(".npy"):
            return content
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
        return content[:8] + struct.pack("<H", len(header)) + header.encode() + content[128:]

    return change


@pytest.mark.parametrize("shape", ["(4000000000000,)", "(-1,)", "(10, -10, 4)", "(2000000, 2000000, 2)", "()"])
def test_arrays_of_a_project_that_promise_terabytes_allocate_nothing(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "p.difffit"
    path.write_bytes(rewritten(seeds.projects()[0], promising(shape)))
    with taking_at_most(6 * MEGABYTE), pytest.raises(DiffFitError, match="not a complete DiffFit project"):
        open_project(path)


def test_a_project_that_unpacks_to_more_than_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_archive, "memory_of_this_computer", lambda: 8 * MEGABYTE)
    path = tmp_path / "p.difffit"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("session.json", "commands.jsonl"):
            archive.writestr(name, b" " * (5 * MEGABYTE))
    with taking_at_most(6 * MEGABYTE), pytest.raises(DiffFitError, match="more than the memory of this computer"):
        open_project(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_project_packed_in_a_way_that_hides_its_size_is_refused(tmp_path: Path, method: int) -> None:
    path = tmp_path / "p.difffit"
    path.write_bytes(rewritten(seeds.projects()[0], lambda _, content: content, method))
    with pytest.raises(DiffFitError, match="not packed as DiffFit packs"):
        open_project(path)


def test_objects_in_a_project_are_never_made(tmp_path: Path) -> None:
    """numpy would run the code of a pickled object: here its file is no table of numbers."""
    touched = tmp_path / "touched"

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (touched,)

    def change(name: str, content: bytes) -> bytes:
        target = io.BytesIO()
        np.save(target, np.array([Evil()], dtype=object), allow_pickle=True)
        return target.getvalue() if name.endswith(".npy") else content

    path = tmp_path / "p.difffit"
    path.write_bytes(rewritten(seeds.projects()[0], change))
    with pytest.raises(DiffFitError, match="not a complete DiffFit project"):
        open_project(path)
    assert not touched.exists()


def test_small_arrays_of_huge_elements_allocate_nothing(tmp_path: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        if name != "session.json":
            return content
        session = json.loads(content)
        session["session"]["copies"] = {"values": [1], "dtype": "V2000000000", "shape": [1]}
        return json.dumps(session).encode()

    path = tmp_path / "p.difffit"
    path.write_bytes(rewritten(seeds.projects()[0], change))
    with taking_at_most(6 * MEGABYTE), pytest.raises(DiffFitError, match="damaged"):
        open_project(path)


def test_candidates_that_unpack_beyond_the_limit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_PER_STRUCTURE", 2 * MEGABYTE)
    path = tmp_path / "library.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.pdb", b" " * (50 * MEGABYTE))
    with taking_at_most(12 * MEGABYTE), pytest.raises(DiffFitError, match="larger than 2 MB"):
        unpack(path, tmp_path / "unpacked")
    assert list((tmp_path / "unpacked").iterdir()) == []


@pytest.mark.parametrize("library", seeds.candidates(), ids=["zip", "tar"])
def test_a_small_library_takes_little_memory(tmp_path: Path, library: bytes) -> None:
    (tmp_path / "library").write_bytes(library)
    with taking_at_most(6 * MEGABYTE):
        assert len(unpack(tmp_path / "library", tmp_path / "unpacked")) == 2


def test_links_and_names_that_lead_out_of_a_library_write_nothing_outside(tmp_path: Path) -> None:
    path = tmp_path / "library.tar"
    with tarfile.open(path, "w") as tar:
        link = tarfile.TarInfo("b.pdb")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        for name in ("../outside.pdb", str(tmp_path / "outside.pdb"), "b.pdb"):
            member = tarfile.TarInfo(name)
            member.size = len(AWKWARD_PDB)
            tar.addfile(member, io.BytesIO(AWKWARD_PDB.encode()))
    written = unpack(path, tmp_path / "unpacked")
    assert {entry.name for entry in tmp_path.iterdir()} == {"library.tar", "unpacked"}
    assert len(written) == 3
    assert all(entry.is_file() and not entry.is_symlink() for entry in written)


@pytest.mark.parametrize("read", [read_map, read_structure, read_pae])
def test_pipes_and_devices_are_refused_instead_of_waited_for(read: Callable[[Path], object]) -> None:
    device = Path("/dev/zero")
    if not device.exists():
        pytest.skip("no devices with names here")
    with pytest.raises(DiffFitError, match="not a file"):
        read(device)


def test_the_computer_says_how_much_memory_it_has() -> None:
    assert 1 << 28 < limits.memory_of_this_computer() < 1 << 50
