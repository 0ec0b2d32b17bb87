"""Every reader of files from elsewhere: valid files to begin with, the damage that suits them, and what must hold."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSettings

from app.preferences import Preferences
from difffit_core.document.project_file import open_project
from difffit_core.document.project_summary import summary_of
from difffit_core.document.session import Session
from difffit_core.errors import DiffFitError
from difffit_core.files.assembly_records import assembly_operators
from difffit_core.files.describe import describe_structure
from difffit_core.files.map_files import read_map
from difffit_core.files.pae import read_pae
from difffit_core.files.placed_structures import write_placed_structure
from difffit_core.files.structure_files import read_structure
from difffit_core.scan.archives import MOST_PER_STRUCTURE, is_archive, unpack
from difffit_core.scan.output_folder import findings_of, read_scan
from difffit_core.scan.ranking import rank
from tests.fuzz import seeds
from tests.fuzz.archive_mutations import mutate_archive
from tests.fuzz.json_mutations import mutate_json, mutate_json_text
from tests.fuzz.mutations import Mutation, mutate_bytes
from tests.fuzz.text_mutations import mutate_map, mutate_text

MOVED = np.hstack([np.eye(3)[[1, 2, 0]], [[30.0], [-12.0], [70.0]]])


@dataclass(frozen=True)
class Reader:
    """`read` gets the bytes and an empty folder; it raises DiffFitError, or checks what it was given."""

    seeds: Callable[[], tuple[bytes, ...]]
    mutate: Mutation
    read: Callable[[bytes, Path], None]


def read_a_map(content: bytes, folder: Path) -> None:
    """A map's voxels and place are finite numbers."""
    path = folder / "given.mrc"
    path.write_bytes(content)
    volume = read_map(path).volume
    assert volume.data.ndim == 3
    assert volume.data.dtype == np.float32
    assert np.isfinite(volume.data).all()
    assert (volume.voxel_size_xyz > 0).all()
    assert np.isfinite(volume.corners_xyz).all()


def read_a_structure(content: bytes, folder: Path) -> None:
    """A structure has atoms in finite places; it can be described and written somewhere else."""
    path = folder / "given.pdb"
    path.write_bytes(content)
    structure = read_structure(path)
    assert len(structure) > 0
    assert np.isfinite(structure.xyz).all()
    assert np.isfinite(assembly_operators(structure)).all()
    assert describe_structure(path).atoms_in_fit == len(structure)
    for name in ("placed.cif", "placed.pdb"):
        try:
            write_placed_structure(folder / name, structure, MOVED)
        except DiffFitError as refusal:  # PDB files cannot hold everything
            _check_sentence(refusal)


def read_errors(content: bytes, folder: Path) -> None:
    """Predicted aligned errors are a finite square."""
    path = folder / "given.json"
    path.write_bytes(content)
    pae = read_pae(path)
    assert np.isfinite(pae.error).all()
    assert pae.error.shape == (len(pae.error),) * 2
    assert pae.tokens is None or len(pae.tokens) == len(pae.error)


def read_a_project(content: bytes, folder: Path) -> None:
    """A session can be used: its densities made, its structures placed; nothing was written."""
    path = folder / "given.difffit"
    path.write_bytes(content)
    try:
        assert summary_of(path).text is not None
    except DiffFitError as refusal:
        _check_sentence(refusal)
    session = open_project(path).session
    use(session)
    assert [entry.name for entry in folder.iterdir()] == [path.name]


def use(session: Session) -> None:
    """What the window does with a session when it opens one."""
    for item in session.maps:
        assert item.volume.data.ndim == 3
        assert item.name
    for structure in session.structures:
        assert session.standing(structure).shape == (3, 4)
    for fit in session.fits:
        for index, cluster in enumerate(fit.result.clusters):
            assert fit.result.map_from_model(index).shape == (3, 4)
            assert cluster.scores.as_dict()
    for copy in session.copies:
        assert copy.matrix.shape == (3, 4)
        assert len(session.assembly(copy.map)) > 0


def read_settings(content: bytes, folder: Path) -> None:
    """Whatever the settings file holds, the program starts with settings that it can use."""
    path = folder / "settings.ini"
    path.write_bytes(content)
    found = Preferences(QSettings(str(path), QSettings.Format.IniFormat))
    assert found.theme in ("system", "light", "dark")
    assert all(isinstance(rate, float) for rate in found.rates.values())
    assert isinstance(found.recent_files, list)
    assert isinstance(found.folder, str)
    assert isinstance(found.columns, list)
    assert found.flag("tips", True) in (True, False)
    assert found.layout() is None or len(found.layout() or ()) == 2


def read_scan_folder(content: bytes, folder: Path) -> None:
    """Findings that can be read can be ranked; all others are as if they were not there."""
    (folder / "results").mkdir()
    (folder / "results" / "a.json").write_bytes(content)
    (folder / "scan.json").write_bytes(content)
    rank(findings_of(folder), seed=0)
    read_scan(folder)


def read_candidates(content: bytes, folder: Path) -> None:
    """Whatever an archive holds, plain files of sensible size are written into its folder and nowhere else."""
    path = folder / "given"
    path.write_bytes(content)
    if not is_archive(path):
        return
    into = folder / "unpacked"
    try:
        written = unpack(path, into)
        assert len(set(written)) == len(written)
    finally:
        assert {entry.name for entry in folder.iterdir()} <= {"given", "unpacked"}
        for entry in into.iterdir() if into.exists() else ():
            assert entry.is_file()
            assert not entry.is_symlink()
            assert entry.stat().st_size <= MOST_PER_STRUCTURE


def _check_sentence(refusal: DiffFitError) -> None:
    assert str(refusal).rstrip().endswith((".", ")"))


READERS = {
    "map": Reader(seeds.maps, mutate_map, read_a_map),
    "pdb": Reader(seeds.pdbs, mutate_text, read_a_structure),
    "mmcif": Reader(seeds.cifs, mutate_text, read_a_structure),
    "pae": Reader(seeds.paes, mutate_json, read_errors),
    "project": Reader(seeds.projects, mutate_archive, read_a_project),
    "settings": Reader(seeds.settings, mutate_bytes, read_settings),
    "scan": Reader(seeds.scans, mutate_json_text, read_scan_folder),
    "candidates": Reader(seeds.candidates, mutate_archive, read_candidates),
}
