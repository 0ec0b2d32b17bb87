"""The density that copies of a session explain, as a command that takes it out.

Apart from the rest of the document because it loads the engine's kernels: call it from a job.
"""

from collections.abc import Sequence

from difffit_core.data.removal import RemovalSettings
from difffit_core.document.assembly import placed, remaining_map
from difffit_core.document.copies import CopyItem, RemovalItem
from difffit_core.document.density_commands import RemoveDensity
from difffit_core.document.session import Session, new_key
from difffit_core.fit.subtract import remove_density


def density_of(
    session: Session, map_key: str, copies: Sequence[CopyItem], settings: RemovalSettings, *, into: str | None = None
) -> RemoveDensity | None:
    """The command that takes out what copies explain; None when there is nothing left of any of them.

    What is explained is always judged by the map as it was read, so the order in which copies were accepted does not
    matter. Without `into` it goes into the map itself when that is a remaining map, else into the one that is there
    already, else into a new one.
    """
    target = session.find_map(map_key)
    standing = [(copy, where) for copy in copies if (where := placed(session, copy)) is not None]
    if target is None or not standing:
        return None
    removals = remove_density(target.base, [where for _, where in standing], settings).removals
    items = tuple(
        RemovalItem(new_key("removal"), copy.key, copy.map_from_model, settings, removal)
        for (copy, _), removal in zip(standing, removals, strict=True)
    )
    return RemoveDensity(map_key, into or remaining_map(session, map_key) or new_key("map"), items)
