"""Sessions with copies, and density that they explain."""

import numpy as np

from difffit_core.data.removal import RemovalSettings, removal_of
from difffit_core.data.volume import Volume
from difffit_core.document.commands import AddFit, AddMap, AddStructure, Command
from difffit_core.document.copies import CopyItem, RemovalItem, Rows
from difffit_core.document.density_commands import RemoveDensity
from difffit_core.document.session import Session
from tests.document.items import make_fit, make_map, make_structure_item

IDENTITY: Rows = ((1.0, 0, 0, 0), (0, 1.0, 0, 0), (0, 0, 1.0, 0))


def session_with(*commands: Command) -> Session:
    """Two maps and two structures with a fit each, then these commands."""
    session = Session()
    opened = [AddMap(make_map(key)) for key in ("m", "n")] + [AddStructure(make_structure_item(k)) for k in ("s", "t")]
    for command in (*opened, AddFit(make_fit("f", "m", "s")), AddFit(make_fit("g", "n", "t")), *commands):
        session = command.apply(session)
    return session


def make_copy(key: str, structure: str = "s", map_key: str = "m") -> CopyItem:
    scores = (("correlation_about_mean", 0.75), ("fraction_inside", 0.5))
    return CopyItem(key, structure, map_key, IDENTITY, f"copy {key}", (0.1, 0.6, 0.3), scores, 0.99)


def make_removal(volume: Volume, copy: str, key: str | None = None, seed: int = 0, mode: str = "zero") -> RemovalItem:
    """Half of the voxels of a random box."""
    rng = np.random.default_rng(seed)
    shape = np.array(volume.data.shape)
    low = rng.integers(0, shape - 1)
    size = rng.integers(1, shape - low + 1)
    mask = rng.random(size) < 0.5
    mask.flat[0] = True
    amount = rng.normal(size=int(mask.sum())).astype(np.float32) if mode == "subtract" else None
    removal = removal_of(volume.data, (int(low[0]), int(low[1]), int(low[2])), mask, amount=amount)
    settings = RemovalSettings(level=1.0, resolution=5.0, mode=mode)
    return RemovalItem(key or f"removal of {copy}", copy, IDENTITY, settings, removal)


def make_density(volume: Volume, *copies: str, map_key: str = "m", into: str = "rest", seed: int = 0) -> RemoveDensity:
    return RemoveDensity(
        map_key, into, tuple(make_removal(volume, copy, seed=seed + i) for i, copy in enumerate(copies))
    )
