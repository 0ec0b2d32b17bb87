"""Nothing is lost: killed processes, full disks, read-only folders, two windows on one project."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from difffit_core.document.autosave import begin_autosave, discard, recoverable
from difffit_core.document.project_file import open_project, save_project
from difffit_core.document.project_lock import lock_owner, lock_path, lock_project
from difffit_core.errors import ProjectError
from tests.document.project_making import real_session

ROOT = Path(__file__).parents[2]
KILLS = 50


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills need processes that start in milliseconds")
def test_killed_at_any_moment_the_old_or_the_new_project_opens(tmp_path):
    command = [sys.executable, "-m", "tests.document.kill_saving", str(tmp_path), str(KILLS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["old"] + seen["new"] == KILLS
    assert seen["lost"] == 0  # of what was saved or accepted before the kill
    assert seen["litter"] == 0
    assert seen["interrupted"] > 0  # some kills did fall into the writing
    assert seen["recovered"] > 0


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_full_and_read_only_disks_are_a_sentence_and_the_old_project_stays(tmp_path, monkeypatch, number):
    path, session = tmp_path / "p.difffit", real_session(tmp_path)
    save_project(path, session)
    before = path.read_bytes()

    def fail(*_):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync" if number != errno.EROFS else "replace", fail)
        with pytest.raises(ProjectError, match=r"cannot be written .*; choose another place or free some space"):
            save_project(path, session, embed=True)
    assert path.read_bytes() == before
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".difffit", ".mrc", ".pdb"]
    assert open_project(path).session == session


def test_a_disk_that_fills_up_while_writing_is_a_sentence(tmp_path):
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    path, session = tmp_path / "p.difffit", real_session(tmp_path)
    save_project(path, session)
    old_limit, old_action = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, old_limit[1]))
        with pytest.raises(ProjectError, match="cannot be written"):
            save_project(path, session, embed=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old_limit)
        signal.signal(signal.SIGXFSZ, old_action)
    assert open_project(path).session == session


def test_the_second_window_gets_no_lock_and_can_say_why(tmp_path):
    path = tmp_path / "p.difffit"
    first = lock_project(path)
    assert first is not None
    assert lock_project(path) is None
    assert str(os.getpid()) in (lock_owner(path) or "")
    first.release()
    assert not lock_path(path).exists()
    second = lock_project(path)
    assert second is not None
    second.release()


def test_two_names_of_one_project_have_one_lock(tmp_path):
    path, link = tmp_path / "p.difffit", tmp_path / "link.difffit"
    path.write_bytes(b"")
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("no symbolic links here")
    lock = lock_project(path)
    assert lock is not None
    assert lock_project(link) is None
    lock.release()


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path):
    path = tmp_path / "p.difffit"
    code = "import os, sys; from difffit_core.document.project_lock import lock_project; lock_project(sys.argv[1]); "
    subprocess.run([sys.executable, "-c", code + "os._exit(0)", str(path)], cwd=ROOT, check=True, timeout=60)
    assert lock_path(path).exists()
    lock = lock_project(path)
    assert lock is not None
    assert str(os.getpid()) in (lock_owner(path) or "")
    lock.release()


def test_only_whoever_holds_the_lock_removes_litter(tmp_path):
    path = tmp_path / "p.difffit"
    litter = tmp_path / ".p.difffit.0123abcd.part"
    other = tmp_path / ".q.difffit.0123abcd.part"
    lock = lock_project(path)
    assert lock is not None
    litter.touch()
    other.touch()
    assert lock_project(path) is None
    assert litter.exists()
    lock.release()
    again = lock_project(path)
    assert again is not None
    again.release()
    assert not litter.exists()
    assert other.exists()


def test_a_folder_that_cannot_be_written_gives_no_lock(tmp_path):
    assert lock_project(tmp_path / "no such folder" / "p.difffit") is None
    with pytest.raises(ProjectError, match="does not exist; create it first"):
        save_project(tmp_path / "no such folder" / "p.difffit", real_session(tmp_path))


def test_autosaves_of_living_windows_are_left_alone(tmp_path):
    session, folder = real_session(tmp_path), tmp_path / "state"
    autosave = begin_autosave(folder)
    autosave.write(session, project=tmp_path / "mine.difffit", commands=("{}",))
    assert recoverable(folder) == ()
    autosave.lock.stream.close()  # what the end of a process does
    (left,) = recoverable(folder)
    opened = open_project(left.path)
    assert opened.session == session
    assert opened.autosave_of == tmp_path / "mine.difffit"
    discard(left)
    assert recoverable(folder) == ()
    assert list(folder.iterdir()) == []


def test_a_window_that_ends_well_leaves_nothing(tmp_path):
    autosave = begin_autosave(tmp_path / "state")
    autosave.write(real_session(tmp_path), project=None)
    autosave.end()
    assert list((tmp_path / "state").iterdir()) == []


def test_no_place_for_autosaves_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="no autosaves"):
        begin_autosave(tmp_path / "file")
    assert recoverable(tmp_path / "nothing here") == ()
