"""What the machine does to us: each fault is injected, and ends in a sentence with nothing lost."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from difffit_core.cli.main import main
from difffit_core.document import project_archive
from difffit_core.document.autosave import begin_autosave, recoverable
from difffit_core.document.project_file import open_project, save_project
from difffit_core.errors import OUT_OF_MEMORY, DiffFitError, FitError
from difffit_core.events import run
from difffit_core.files import map_files, pae, structure_files
from difffit_core.files.map_files import read_map, write_volume
from difffit_core.files.pae import read_pae
from difffit_core.files.structure_files import read_structure
from difffit_core.fit import fit_structure as fitting
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.scan.finding import Finding, read_finding, result_path, write_finding
from difffit_core.settings import FitSettings
from tests.document.project_making import real_session
from tests.files.map_making import mrc_bytes, ramp
from tests.files.pdb_making import AWKWARD_PDB

CARD = ("CUDA error: unspecified launch failure", "HIP error: device lost", "MPS backend lost its device")
MEMORY = ("CUDA out of memory. Tried to allocate 80 GiB", "DefaultCPUAllocator: can't allocate memory")


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("module", "function", "read", "content"),
    [
        (map_files, "_read_data", read_map, mrc_bytes(ramp())),
        (map_files, "_statistics", read_map, mrc_bytes(ramp())),
        (structure_files, "parse_source", read_structure, AWKWARD_PDB.encode()),
        (structure_files, "AtomTable", read_structure, AWKWARD_PDB.encode()),
        (pae, "_matrix", read_pae, b'{"pae": [[0]]}'),
    ],
)
def test_memory_that_ends_while_a_file_is_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, function: str, read: Any, content: bytes
) -> None:
    (tmp_path / "given").write_bytes(content)
    monkeypatch.setattr(module, function, failing(MemoryError()))
    with pytest.raises(DiffFitError, match=r"^given does not fit into the memory that is free; .*\.$"):
        read(tmp_path / "given")


def test_memory_that_ends_while_a_project_is_opened_is_a_sentence_and_the_project_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, session = tmp_path / "p.difffit", real_session(tmp_path)
    save_project(path, session)
    with monkeypatch.context() as patch:
        patch.setattr(project_archive.np, "empty", failing(MemoryError()))
        with pytest.raises(DiffFitError, match="does not fit into the memory"):
            open_project(path)
    assert open_project(path).session == session


@pytest.fixture
def fit(tmp_path: Path) -> Callable[[], object]:
    """A fit of a structure in a map of noise."""
    session = real_session(tmp_path)
    settings = FitSettings(resolution=6.0, preset="fast", starts=20)
    return lambda: run(fit_structure(session.structures[0].structure, session.maps[0].volume, settings))


@pytest.mark.parametrize("stage", ["prepare_target", "find_starts", "climb_all", "conclude"])
def test_memory_that_ends_in_any_stage_of_a_fit_is_a_sentence(
    fit: Callable[[], object], monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.setattr(fitting, stage, failing(MemoryError()))
    with pytest.raises(FitError, match="memory of this computer is used up"):
        fit()


@pytest.mark.parametrize("words", CARD)
def test_a_graphics_card_that_is_lost_is_a_sentence(
    fit: Callable[[], object], monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr(fitting, "climb_all", failing(RuntimeError(words)))
    with pytest.raises(FitError, match=r"graphics card stopped answering; .* --device cpu"):
        fit()


@pytest.mark.parametrize("words", MEMORY)
def test_a_device_without_memory_is_a_sentence(
    fit: Callable[[], object], monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr(fitting, "find_starts", failing(RuntimeError(words)))
    with pytest.raises(FitError, match="memory of this computer is used up"):
        fit()


def test_a_mistake_of_ours_is_not_taken_for_a_fault_of_the_machine(
    fit: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "climb_all", failing(RuntimeError("index out of range")))
    with pytest.raises(RuntimeError, match="index out of range"):
        fit()


def test_commands_say_it_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.mrc").write_bytes(mrc_bytes(ramp()))
    monkeypatch.setattr("difffit_core.cli.info.describe_map", failing(MemoryError()))
    monkeypatch.setattr("difffit_core.cli.info.describe_structure", failing(MemoryError()))
    assert main(["info", str(tmp_path / "map.mrc")]) == 1
    assert capsys.readouterr().err.strip().endswith(OUT_OF_MEMORY)


@pytest.fixture
def finding() -> Finding:
    return Finding("a", "a.pdb", "", 0, {}, "a.pdb is empty.")


def test_a_results_folder_that_was_removed_meanwhile_is_a_sentence(tmp_path: Path, finding: Finding) -> None:
    folder = tmp_path / "scan"
    (folder / "results").mkdir(parents=True)
    write_finding(result_path(folder, "a"), finding)
    assert read_finding(result_path(folder, "a")) == finding
    shutil.rmtree(folder)
    with pytest.raises(DiffFitError, match="does not exist; create it first"):
        write_finding(result_path(folder, "a"), finding)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES])
def test_full_and_read_only_disks_keep_the_results_that_were_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finding: Finding, number: int
) -> None:
    path, target = tmp_path / "map.mrc", tmp_path / "a.json"
    volume_path = tmp_path / "given.mrc"
    volume_path.write_bytes(mrc_bytes(ramp()))
    volume = read_map(volume_path).volume
    write_volume(path, volume)
    write_finding(target, finding)
    before = path.read_bytes(), target.read_bytes()
    monkeypatch.setattr(os, "replace", failing(OSError(number, os.strerror(number))))
    for write in (
        lambda: write_volume(path, volume.with_data(volume.data + np.float32(1))),
        lambda: write_finding(target, finding),
    ):
        with pytest.raises(DiffFitError, match="cannot be written"):
            write()
    assert (path.read_bytes(), target.read_bytes()) == before
    assert not list(tmp_path.glob(".*.part"))


def test_a_map_that_shrinks_while_it_is_read_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "map.mrc"
    path.write_bytes(mrc_bytes(ramp((30, 30, 30))))
    decode = map_files.decode_header

    def shrink(given: Path, block: bytes) -> Any:
        os.truncate(given, 50_000)
        return decode(given, block)

    monkeypatch.setattr(map_files, "decode_header", shrink)
    with pytest.raises(DiffFitError, match="incomplete"):
        read_map(path)


@pytest.fixture
def calendar() -> tuple[float, ...]:
    """Dates (seconds since 1970) that a wrong clock gives files."""
    return (0.0, 1e8, 4e9)


def test_autosaves_are_found_whatever_the_clock_said(tmp_path: Path, calendar: tuple[float, ...]) -> None:
    session = real_session(tmp_path)
    for when in calendar:
        autosave = begin_autosave(tmp_path / "state")
        autosave.write(session, project=None)
        os.utime(autosave.path, (when, when))
        autosave.lock.stream.close()  # what the end of a process does
    left = recoverable(tmp_path / "state")
    assert [recovery.saved.timestamp() for recovery in left] == sorted(calendar, reverse=True)
    assert all(open_project(recovery.path).session == session for recovery in left)
