"""Sessions made of real files, which projects can refer to."""

from pathlib import Path

import numpy as np

from difffit_core.data.placed import Placed
from difffit_core.data.removal import RemovalSettings
from difffit_core.data.volume import Volume
from difffit_core.document.commands import AddFit, AddMap, AddStructure
from difffit_core.document.copies import CopyItem, RemovalItem, rows_of
from difffit_core.document.copy_commands import AcceptCopy
from difffit_core.document.density_commands import RemoveDensity
from difffit_core.document.session import MapItem, Session, StructureItem
from difffit_core.files.map_files import read_volume, write_volume
from difffit_core.files.samples import load_sample
from difffit_core.files.structure_files import read_structure
from difffit_core.fit.subtract import remove_density
from tests.document.items import make_fit

STRUCTURE = load_sample().structures[0].path


def write_inputs(folder: Path, size: int) -> tuple[Path, Path]:
    """A map of noise around a structure, and the structure."""
    map_path, structure_path = folder / "my map å.mrc", folder / "chain A.pdb"
    structure_path.write_bytes(STRUCTURE.read_bytes())
    centre = read_structure(structure_path).centroid_xyz
    noise = np.random.default_rng(0).normal(1, 1, (size, size, size)).astype(np.float32)
    write_volume(map_path, Volume(noise, np.array([2.0, 2, 2]), np.round(centre) - size))
    return map_path, structure_path


def real_session(folder: Path, embed_size: int = 30) -> Session:
    """A map, a structure, a fit, two copies and what remains of the map: everything that a project can hold."""
    map_path, structure_path = write_inputs(folder, embed_size)
    volume, structure = read_volume(map_path), read_structure(structure_path)
    session = Session()
    for command in (
        AddMap(MapItem("m", map_path, volume, 1.5, suggested_level=2.0, suggested_resolution=6.0)),
        AddStructure(StructureItem("s", structure, (0.2, 0.4, 0.8))),
        AddFit(make_fit("f", "m", "s")),
        *(AcceptCopy(_copy(key)) for key in ("a", "b")),
        RemoveDensity("m", "rest", tuple(_removals(volume, Placed(structure, np.eye(3, 4))))),
    ):
        session = command.apply(session)
    return session


def _copy(key: str) -> CopyItem:
    identity = rows_of(np.eye(3, 4))
    return CopyItem(
        key, "s", "m", identity, f"copy {key} – β", (0.1, 0.6, 0.3), (("correlation", 0.7),), 0.9, note="ok"
    )


def _removals(volume: Volume, placed: Placed) -> list[RemovalItem]:
    made = []
    for key, mode in (("a", "zero"), ("b", "subtract")):
        settings = RemovalSettings(level=1.5, resolution=6.0, mode=mode)
        removal = remove_density(volume, [placed], settings).removals[0]
        made.append(RemovalItem(f"removal {key}", key, rows_of(np.eye(3, 4)), settings, removal))
    return made
