"""Either the old content or the new, never a part, and never a stray temporary file."""

import errno
from pathlib import Path

import pytest

from difffit_core.errors import DiffFitError, MapFileError
from difffit_core.files.atomic_write import atomic_write, check_output_folder


def test_content_appears_when_the_block_ends_well(tmp_path: Path) -> None:
    target = tmp_path / "result.txt"
    with atomic_write(target) as stream:
        stream.write(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_old_content_stays_when_the_block_fails(tmp_path: Path) -> None:
    target = tmp_path / "result.txt"
    target.write_bytes(b"old")

    def interrupted() -> None:
        with atomic_write(target) as stream:
            stream.write(b"half of the n")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(MapFileError, match="the disk is full"), atomic_write(tmp_path / "map.mrc", MapFileError):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_and_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(DiffFitError, match="does not exist"), atomic_write(tmp_path / "missing" / "x"):
        pass
    (tmp_path / "folder").mkdir()
    with pytest.raises(DiffFitError, match="is a folder"), atomic_write(tmp_path / "folder") as stream:
        stream.write(b"x")
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_bytes(b"old")
    link = tmp_path / "link.txt"
    try:
        link.symlink_to(tmp_path / "real.txt")
    except OSError:
        pytest.skip("this user may not make links")
    with atomic_write(link) as stream:
        stream.write(b"new")
    assert link.is_symlink()
    assert (tmp_path / "real.txt").read_bytes() == b"new"


def test_output_folders_are_made(tmp_path: Path) -> None:
    assert check_output_folder(tmp_path / "a" / "b").is_dir()
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_file_is_no_output_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DiffFitError, match="is not a folder"):
        check_output_folder(tmp_path / "file")
    with pytest.raises(DiffFitError, match="not a folder"):
        check_output_folder(tmp_path / "file" / "below")


def test_a_folder_that_cannot_be_written_into_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)  # tests may run as root, whom no permission stops
    with pytest.raises(DiffFitError, match="no permission"):
        check_output_folder(tmp_path)
