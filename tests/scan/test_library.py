import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from difffit_core.errors import DiffFitError
from difffit_core.scan import archives
from difffit_core.scan.library import list_library

ATOM = b"ATOM      1  CA  ALA A   1      11.000  12.000  13.000  1.00 10.00           C\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two structures, one of them in a folder below, and files that are none."""
    (tmp_path / "lib" / "more").mkdir(parents=True)
    for name in ("b.pdb", "more/a.cif.gz", "notes.txt", ".hidden.pdb", "more/image.png"):
        (tmp_path / "lib" / name).write_bytes(ATOM)
    return tmp_path / "lib"


def names(library: Path | str, tmp_path: Path) -> list[str]:
    return [source.name for source in list_library(library, tmp_path / "unpacked")]


def test_a_folder_is_searched_with_the_folders_in_it(folder, tmp_path):
    assert names(folder, tmp_path) == ["b", "a"]


def test_a_pattern_takes_what_it_says(folder, tmp_path):
    assert names(f"{folder}/*.pdb", tmp_path) == ["b"]
    assert names(f"{folder}/**/*", tmp_path) == ["b", "a"]


def test_a_list_names_paths_relative_to_itself(folder, tmp_path):
    (folder / "chosen.txt").write_text("# mine\nmore/a.cif.gz\n\nb.pdb\nmissing.pdb\n", encoding="utf-8")
    assert names(folder / "chosen.txt", tmp_path) == ["a", "b", "missing"]  # why it is missing, the scan will say


def test_one_structure_is_a_library_too(folder, tmp_path):
    assert names(folder / "b.pdb", tmp_path) == ["b"]


def test_equal_names_get_a_number_whatever_the_case(tmp_path):
    for part in ("one/x.pdb", "three/x.cif", "two/X.pdb"):
        (tmp_path / "lib" / part).parent.mkdir(parents=True)
        (tmp_path / "lib" / part).write_bytes(ATOM)
    found = list_library(tmp_path / "lib", tmp_path)
    assert [source.name for source in found] == ["x", "x-2", "X-3"]
    assert found == list_library(tmp_path / "lib", tmp_path)


@pytest.mark.parametrize("library", ["nowhere", "*.nothing", "empty"])
def test_no_library_is_a_sentence(library, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DiffFitError, match=r"does not exist|holds no structures"):
        list_library(str(tmp_path / library), tmp_path)


def test_a_file_that_is_no_library_is_a_sentence(tmp_path):
    (tmp_path / "image.png").write_bytes(b"\x89PNG")
    with pytest.raises(DiffFitError, match="is no library"):
        list_library(tmp_path / "image.png", tmp_path)


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


def tarred(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as out:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link.pdb")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        out.addfile(link)
    return path


HOSTILE = {
    "../../escape.pdb": ATOM,
    "/absolute.pdb": ATOM + ATOM,
    "C:\\windows\\evil.pdb": ATOM * 3,
    "a/same.pdb": ATOM * 4,
    "b/SAME.pdb": ATOM * 5,
    "readme.md": b"no",
    "__MACOSX/._x.pdb": b"no",
    "nul\x01 ü.pdb": ATOM * 6,
}


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_no_name_in_an_archive_leads_out_of_the_folder(pack, tmp_path):
    found = list_library(pack(tmp_path / "lib.archive", HOSTILE), tmp_path / "out" / "library")
    assert len(found) == 6
    assert all(source.path.parent == tmp_path / "out" / "library" for source in found)
    assert sorted(len(source.path.read_bytes()) // len(ATOM) for source in found) == [1, 2, 3, 4, 5, 6]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lib.archive", "out"]


def test_unpacking_again_leaves_what_is_there(tmp_path):
    archive = zipped(tmp_path / "lib.zip", {"a.pdb": ATOM})
    (first,) = list_library(archive, tmp_path / "library")
    before = first.path.stat().st_mtime_ns
    assert list_library(archive, tmp_path / "library")[0].path.stat().st_mtime_ns == before


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_bomb_is_a_sentence_and_leaves_nothing(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_PER_STRUCTURE", 1000)
    archive = pack(tmp_path / "bomb.archive", {"bomb.pdb": bytes(100_000)})
    with pytest.raises(DiffFitError, match="larger than"):
        list_library(archive, tmp_path / "library")
    assert not any((tmp_path / "library").iterdir())


def test_a_damaged_archive_is_a_sentence(tmp_path):
    archive = zipped(tmp_path / "lib.zip", {"a.pdb": os.urandom(5000)})
    content = bytearray(archive.read_bytes())
    content[2000:2100] = bytes(100)
    archive.write_bytes(content)
    with pytest.raises(DiffFitError, match="damaged"):
        list_library(archive, tmp_path / "library")


def test_hidden_folders_are_left_out(tmp_path):
    (tmp_path / "lib" / ".git").mkdir(parents=True)
    (tmp_path / "lib" / ".git" / "a.pdb").write_bytes(ATOM)
    with pytest.raises(DiffFitError, match="holds no structures"):
        list_library(tmp_path / "lib", tmp_path)
