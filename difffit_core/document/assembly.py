"""What follows from the copies of a session: where they stand, what they explain, what is written of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from difffit_core.data.placed import Placed
from difffit_core.data.removal import explained_fraction
from difffit_core.document.copies import Colour, CopyItem, rows_of
from difffit_core.document.session import ClusterId, Session, new_key

if TYPE_CHECKING:
    from difffit_core.files.assembly_files import AssemblyCopy


def copy_of_cluster(session: Session, chosen: ClusterId, *, name: str, colour: Colour) -> CopyItem | None:
    """The copy that accepting this cluster would make; None when it has gone."""
    fit, cluster = session.find_fit(chosen.fit), session.find_cluster(chosen)
    if fit is None or cluster is None:
        return None
    return CopyItem(
        new_key("copy"),
        fit.structure,
        session.opened_map(fit.map),
        rows_of(fit.result.map_from_model(chosen.index)),
        name,
        colour,
        scores=tuple(cluster.scores.as_dict().items()),
        confidence=cluster.confidence,
    )


def placed(session: Session, copy: CopyItem) -> Placed | None:
    """The copy's structure where it stands; None when the structure has been closed."""
    item = session.find_structure(copy.structure)
    return Placed(item.structure, copy.matrix) if item is not None else None


def remaining_map(session: Session, map_key: str) -> str | None:
    """The map itself when it is the rest of another, else the first rest of it; None when there is none."""
    target = session.find_map(map_key)
    if target is not None and target.derived_from is not None:
        return map_key
    return next((item.key for item in session.maps if item.derived_from == map_key), None)


def out_of_date(session: Session, map_key: str) -> tuple[str, ...]:
    """Copies that moved after their density was taken out of this map: it is missing where they no longer stand."""
    item = session.find_map(map_key)
    moved = []
    for removal in item.removals if item is not None else ():
        copy = session.find_copy(removal.copy)
        if copy is not None and copy.map_from_model != removal.map_from_model:
            moved.append(copy.key)
    return tuple(moved)


def explained_by_copies(session: Session, map_key: str, level: float) -> float:
    """Share of the density above a level in the map as it was read that its removals cover; 0 to 1."""
    item = session.find_map(map_key)
    return explained_fraction(item.base, level, [r.removal for r in item.removals]) if item is not None else 0.0


def written_copies(session: Session, map_key: str, *, rounds: Mapping[str, int] | None = None) -> "list[AssemblyCopy]":
    """The assembly of a map, in the user's order, ready to be written; `rounds` by copy where they are known."""
    from difffit_core.files.assembly_files import AssemblyCopy  # loads gemmi, which nothing else here needs

    found = rounds or {}
    return [
        AssemblyCopy(
            where,
            copy.name,
            scores=dict(copy.scores or ()),
            confidence=copy.confidence,
            round=found.get(copy.key, 1),
            note=copy.note,
        )
        for copy in session.assembly(map_key)
        if (where := placed(session, copy)) is not None
    ]
