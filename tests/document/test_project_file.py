"""Projects: what is saved is what is opened, wherever the files have gone meanwhile."""

import gzip
import json
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from difffit_core.document import project_file
from difffit_core.document.copies import rows_of
from difffit_core.document.copy_commands import AcceptCopy, MoveCopy
from difffit_core.document.project_file import command_line, open_project, save_project, saving
from difffit_core.document.project_sources import MissingFilesError
from difffit_core.document.session import Session
from difffit_core.errors import ProjectError
from difffit_core.events import StageAdvanced, StageStarted
from difffit_core.files.map_files import read_volume, write_volume
from tests.document.copies_making import make_copy, make_density
from tests.document.project_making import real_session


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "Größe und Maß"
    folder.mkdir()
    return folder


@pytest.fixture
def session(home) -> Session:
    return real_session(home)


@pytest.fixture
def project(home, session):
    path = home / "häm oglobin.difffit"
    save_project(path, session)
    return path


def assert_same(opened: Session, saved: Session) -> None:
    """Everything but where the files are, arrays bit for bit."""
    assert [item.key for item in opened.maps] == [item.key for item in saved.maps]
    for a, b in zip(opened.maps, saved.maps, strict=True):
        assert a.volume.data.tobytes() == b.volume.data.tobytes()
        np.testing.assert_array_equal(a.volume.origin_xyz, b.volume.origin_xyz)
        assert a.removals == b.removals
        assert (a.contour_level, a.title, a.derived_from) == (b.contour_level, b.title, b.derived_from)
    for a, b in zip(opened.structures, saved.structures, strict=True):
        assert a == b
        np.testing.assert_array_equal(a.structure.xyz, b.structure.xyz)
    assert opened.copies == saved.copies
    assert opened.fits == saved.fits
    for a, b in zip(opened.fits, saved.fits, strict=True):
        assert repr(a.result) == repr(b.result)


def change_session_json(path, change) -> None:
    """Write a project again with another session.json."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    content = json.loads(entries["session.json"])
    change(content)
    entries["session.json"] = json.dumps(content).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("embed", [False, True])
def test_what_is_saved_is_what_is_opened(home, session, embed):
    path = home / "p.difffit"
    save_project(path, session, embed=embed)
    opened = open_project(path)
    assert opened.session == session
    assert opened.warnings == ()
    assert_same(opened.session, session)


def test_maps_and_what_remains_of_them_share_one_array(project):
    opened = open_project(project).session
    assert opened.maps[0].base is opened.maps[1].base
    assert project.stat().st_size < 0.7 * opened.maps[0].base.data.nbytes


def test_an_embedded_project_opens_where_nothing_else_is(home, session, tmp_path):
    path = home / "p.difffit"
    save_project(path, session, embed=True)
    alone = tmp_path / "elsewhere.difffit"
    path.rename(alone)
    shutil.rmtree(home)
    opened = open_project(alone)
    assert_same(opened.session, session)
    again = tmp_path / "again.difffit"
    save_project(again, opened.session)  # nothing to refer to: it stays embedded
    assert_same(open_project(again).session, session)


def test_a_project_opens_after_its_folder_was_moved(home, project, session, tmp_path):
    moved = tmp_path / "other place" / "日本"
    moved.parent.mkdir()
    home.rename(moved)
    opened = open_project(moved / project.name)
    assert opened.warnings == ()
    assert opened.session.maps[0].path.parent == moved
    assert_same(opened.session, session)


def test_a_renamed_map_is_found_by_its_content(home, project, session):
    (home / "maps").mkdir()
    session.maps[0].path.rename(home / "maps" / "something else.ccp4")
    opened = open_project(project)
    assert any("something else.ccp4" in warning for warning in opened.warnings)
    assert_same(opened.session, session)


def test_a_map_that_was_compressed_is_found(home, project, session):
    path = session.maps[0].path
    (home / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 1))
    path.unlink()
    assert_same(open_project(project).session, session)


def test_missing_files_are_named_and_can_be_named(home, project, session, tmp_path):
    path = session.maps[0].path
    elsewhere = tmp_path / "far away.mrc"
    path.rename(elsewhere)
    with pytest.raises(MissingFilesError, match=r"my map å\.mrc cannot be found") as caught:
        open_project(project)
    assert caught.value.names == (path.name,)
    assert_same(open_project(project, named={path.name: elsewhere}).session, session)


def test_a_map_that_changed_meanwhile_is_opened_with_a_warning(project, session):
    item = session.maps[0]
    write_volume(item.path, item.volume.with_data(item.volume.data * np.float32(2)))
    opened = open_project(project)
    assert any("not the file it was" in warning for warning in opened.warnings)
    np.testing.assert_array_equal(opened.session.maps[0].base.data, 2 * item.volume.data)


def test_files_that_vanished_while_open_are_embedded(home, session):
    for path in (session.maps[0].path, session.structures[0].path):
        path.unlink()
    save_project(home / "p.difffit", session)
    assert_same(open_project(home / "p.difffit").session, session)


def test_how_it_came_to_be_is_kept_from_save_to_save(home, session):
    volume = session.maps[0].volume
    first = command_line(AcceptCopy(make_copy("c"), make_density(volume, "c")))
    second = command_line(MoveCopy("c", rows_of(np.eye(3, 4))))
    path = home / "p.difffit"
    save_project(path, session, commands=(first,))
    save_project(path, session, commands=(*open_project(path).commands, second))
    kinds = [json.loads(line)["type"] for line in open_project(path).commands]
    assert kinds == ["AcceptCopy", "MoveCopy"]


def test_the_same_session_gives_the_same_arrays_once(home, session):
    with zipfile.ZipFile(home / "p.difffit", "w"):
        pass
    save_project(home / "p.difffit", session)
    with zipfile.ZipFile(home / "p.difffit") as archive:
        names = archive.namelist()
    assert len(names) == len(set(names))
    assert {"session.json", "commands.jsonl"} < set(names)


def test_a_newer_format_is_refused_in_a_sentence(project):
    change_session_json(project, lambda content: content.update(format=project_file.FORMAT + 1, version="9.9"))
    with pytest.raises(ProjectError, match=r"newer DiffFit \(9\.9\); update"):
        open_project(project)


def test_an_older_format_is_migrated(project, session, monkeypatch):
    def to_older(content) -> None:
        content["format"] = -1
        content["session"]["volumes"] = content["session"].pop("maps")
        del content["session"]["copies"]

    def from_minus_one(content):
        content["session"]["maps"] = content["session"].pop("volumes")
        return content

    change_session_json(project, to_older)
    monkeypatch.setitem(project_file.MIGRATIONS, -1, from_minus_one)
    monkeypatch.setitem(project_file.MIGRATIONS, 0, lambda content: content)
    opened = open_project(project).session
    assert opened.copies == ()  # what did not exist then is as if it were new
    assert opened.maps == session.maps


def test_a_format_that_nobody_reads_any_more_is_a_sentence(project):
    change_session_json(project, lambda content: content.update(format=-5))
    with pytest.raises(ProjectError, match="no longer reads"):
        open_project(project)


@pytest.mark.parametrize("length", [0, 10, 1000])
def test_a_file_cut_short_is_a_sentence(project, length):
    project.write_bytes(project.read_bytes()[:length])
    with pytest.raises(ProjectError, match="not a complete DiffFit project"):
        open_project(project)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("session"),
        lambda content: content["session"].update(type="Popen"),
        lambda content: content["session"].update(maps=[{"evil": 1}]),
        lambda content: content["session"].update(maps=3),
        lambda content: content.update(session={"type": "Poses"}),
        lambda content: content.update(session=[]),
        lambda content: content.update(files={}),
        lambda content: content.update(format="1"),
    ],
)
def test_a_damaged_session_is_a_sentence(project, change):
    change_session_json(project, change)
    with pytest.raises(ProjectError):
        open_project(project)


def test_a_project_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(ProjectError, match="does not exist"):
        open_project(tmp_path / "none.difffit")
    with pytest.raises(ProjectError):
        open_project(tmp_path)


def test_files_of_one_name_are_named_by_their_content(tmp_path, home, session):
    """Two maps called map.mrc, each in a folder of its own: a name alone would not tell them apart."""
    paths = [tmp_path / name / "map.mrc" for name in ("one", "two")]
    items = []
    for number, path in enumerate(paths):
        path.parent.mkdir()
        item = session.maps[0]
        volume = item.volume.with_data(item.volume.data + np.float32(number + 1))
        write_volume(path, volume)
        items.append(replace(item, key=f"m{number}", path=path, base=read_volume(path)))
    project = home / "p.difffit"
    save_project(project, Session(maps=tuple(items)))
    moved = [path.rename(tmp_path / f"{path.parent.name}.mrc") for path in paths]
    with pytest.raises(MissingFilesError) as caught:
        open_project(project)
    assert caught.value.names == ("map.mrc", "map.mrc")
    named = dict(zip((file.checksum.sha256 for file in caught.value.files), moved, strict=True))
    opened = open_project(project, named=named)
    assert opened.warnings == ()
    assert [item.path for item in opened.session.maps] == moved
    assert opened.session.maps[0].base.data.tobytes() != opened.session.maps[1].base.data.tobytes()


def test_another_file_that_was_named_is_opened_with_a_warning(home, project, session, tmp_path):
    path = session.maps[0].path
    path.unlink()
    other = tmp_path / "other.mrc"
    item = session.maps[0]
    write_volume(other, item.volume.with_data(item.volume.data * np.float32(2)))
    opened = open_project(project, named={path.name: other})
    assert any("other.mrc is not the file it was" in warning for warning in opened.warnings)


def test_saving_can_be_followed_and_cancelled(home, session):
    path = home / "p.difffit"
    save_project(path, session)
    before = path.read_bytes()
    job = saving(path, session, embed=True)
    started = next(job)
    assert isinstance(started, StageStarted)
    next(job)
    job.close()
    assert path.read_bytes() == before
    steps = [event.step for event in saving(path, session, embed=True) if isinstance(event, StageAdvanced)]
    assert steps == list(range(1, started.steps + 1))
    assert_same(open_project(path).session, session)
    assert not [entry for entry in home.iterdir() if entry.suffix == ".part"]
