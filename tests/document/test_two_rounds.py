"""The published composite by hand: fit, accept two, remove what they explain, fit the rest, write the assembly."""

import numpy as np

from difffit_core.data.removal import RemovalSettings
from difffit_core.data.structure import Structure
from difffit_core.document.assembly import (
    copy_of_cluster,
    explained_by_copies,
    out_of_date,
    remaining_map,
    written_copies,
)
from difffit_core.document.commands import AddFit, AddMap, AddStructure
from difffit_core.document.copies import rows_of
from difffit_core.document.copy_commands import AcceptCopy, MoveCopy
from difffit_core.document.explained import density_of
from difffit_core.document.history import History
from difffit_core.document.project_file import open_project, save_project
from difffit_core.document.session import ClusterId, FitItem, MapItem, StructureItem
from difffit_core.events import run
from difffit_core.files.assembly_files import write_assembly
from difffit_core.files.map_files import read_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.fit_structure import fit_structure
from difffit_core.settings import FitSettings

SAMPLE = load_sample()
FIT = FitSettings(level=SAMPLE.contour_level, resolution=SAMPLE.resolution, preset="fast")
REMOVAL = RemovalSettings(level=SAMPLE.contour_level, resolution=SAMPLE.resolution)


def is_true(structure: Structure, matrix: np.ndarray, truths: np.ndarray) -> bool:
    """Whether a placement lies within 1.5 Å of a true one."""
    here = structure.xyz @ matrix[:, :3].T + matrix[:, 3]
    there = [structure.xyz @ t[:, :3].T + t[:, 3] for t in truths]
    return min(float(np.sqrt(((here - x) ** 2).sum(axis=1).mean())) for x in there) < 1.5


def fit_and_accept(history: History, structure: str, map_key: str, count: int) -> History:
    """Fit a structure into what is left of a map and accept its best placements with their density."""
    session = history.present
    item, target = session.find_structure(structure), session.find_map(map_key)
    assert item is not None
    assert target is not None
    result = run(fit_structure(item.structure, target.volume, FIT))
    history = history.do(AddFit(FitItem(f"fit of {structure}", map_key, structure, FIT, result)))
    for index in range(count):
        chosen = ClusterId(f"fit of {structure}", index)
        copy = copy_of_cluster(history.present, chosen, name=f"{structure} {index}", colour=(0.5, 0.5, 0.5))
        assert copy is not None
        assert is_true(item.structure, copy.matrix, SAMPLE.structure(structure).map_from_model)
        explained = density_of(history.present, map_key, [copy], REMOVAL)
        history = history.seal().do(AcceptCopy(copy, explained))
    return history


def test_two_rounds_on_haemoglobin(tmp_path):
    volume, history = read_volume(SAMPLE.map_path), History()
    opened = MapItem("map", SAMPLE.map_path, volume, SAMPLE.contour_level, SAMPLE.contour_level, SAMPLE.resolution)
    history = history.do(AddMap(opened))
    for sample in SAMPLE.structures[:2]:
        history = history.do(AddStructure(StructureItem(sample.path.stem, read_structure(sample.path), (1, 0, 0))))
    start = history.present

    history = fit_and_accept(history, "A", "map", 2)
    rest = remaining_map(history.present, "map")
    assert rest is not None
    half = explained_by_copies(history.present, rest, SAMPLE.contour_level)
    history = fit_and_accept(history, "B", rest, 2)
    session = history.present

    assert len(session.assembly("map")) == 4
    assert half < 0.55
    assert explained_by_copies(session, rest, SAMPLE.contour_level) > 0.85
    names = write_assembly(tmp_path / "assembly.cif", written_copies(session, "map"))
    assert len({chain for mapping in names for chain in mapping.values()}) == 4

    save_project(tmp_path / "p.difffit", session)
    again = open_project(tmp_path / "p.difffit").session
    assert again.copies == session.copies
    assert again.maps[-1].volume.data.tobytes() == session.maps[-1].volume.data.tobytes()

    moved = MoveCopy(session.copies[0].key, rows_of(np.eye(3, 4))).apply(session)
    assert out_of_date(session, rest) == ()
    assert out_of_date(moved, rest) == (session.copies[0].key,)

    while history.past and history.present is not start:
        history = history.undo()
    assert history.present.maps[0].volume is volume
    assert history.present == start
