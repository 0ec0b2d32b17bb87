"""Placements that become copies: what they are called, in which colour they are drawn, and which are there already."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from scipy.spatial.transform import Rotation

from app.pose_numbers import place_of
from app.scene.palette import CHAIN_COLOURS
from app.theme import Colour
from difffit_core.data.poses import Poses
from difffit_core.data.structure import Structure
from difffit_core.document.assembly import copy_of_cluster
from difffit_core.document.copies import CopyItem, rows_of
from difffit_core.document.session import ClusterId, Session, StructureItem

EQUAL = 1e-6  # Å and parts of 1: matrices closer than this are of one placement
TOGETHER = 6.0  # Å of shift and arc: two drawings of a structure this close only disturb each other


def copies_of(session: Session, chosen: Sequence[ClusterId]) -> tuple[CopyItem, ...]:
    """The copies that accepting these clusters makes; those that were accepted before are left out."""
    made: list[CopyItem] = []
    for cluster in chosen:
        if accepted_as(session, cluster) is not None:
            continue
        name, colour = next_name(session, cluster, made), next_colour(session, made)
        copy = copy_of_cluster(session, cluster, name=name, colour=colour)
        if copy is not None:
            made.append(copy)
    return tuple(made)


def accepted_as(session: Session, chosen: ClusterId) -> CopyItem | None:
    """The copy that stands exactly in this cluster."""
    fit = session.find_fit(chosen.fit)
    if fit is None or session.find_cluster(chosen) is None:
        return None
    place = rows_of(fit.result.map_from_model(chosen.index))
    same = (copy for copy in session.copies if copy.structure == fit.structure and copy.map_from_model == place)
    return next(same, None)


def accepted_clusters(session: Session) -> dict[ClusterId, CopyItem]:
    """The clusters in which copies stand exactly."""
    found: dict[ClusterId, CopyItem] = {}
    for fit in session.fits:
        copies = [copy for copy in session.copies if copy.structure == fit.structure]
        if not copies or not fit.result.clusters:
            continue
        poses = Poses.concatenate([cluster.representative for cluster in fit.result.clusters])
        places = poses.map_from_model(fit.result.centroid_xyz)
        for copy in copies:
            same = np.abs(places - copy.matrix).max(axis=(1, 2)) < EQUAL
            found |= {ClusterId(fit.key, int(index)): copy for index in np.flatnonzero(same)}
    return found


def lie_together(structure: Structure, one: Float64[ndarray, "3 4"], other: Float64[ndarray, "3 4"]) -> bool:
    """Whether a structure in one place hides, and is as good as, itself in another one."""
    shift = np.linalg.norm(place_of(one, structure.centroid_xyz) - place_of(other, structure.centroid_xyz))
    turned = Rotation.from_matrix(one[:, :3] @ other[:, :3].T).magnitude()
    return bool(shift + turned * structure.radius_of_gyration < TOGETHER)


def next_name(session: Session, chosen: ClusterId, made: Sequence[CopyItem]) -> str:
    """The structure's name with the first number that is free."""
    fit = session.find_fit(chosen.fit)
    item = session.find_structure(fit.structure) if fit else None
    return free_name(session, item.path.name.split(".")[0] if item else "copy", made)


def free_name(session: Session, stem: str, made: Sequence[CopyItem]) -> str:
    """The stem with the first number that no copy has, be it there already or only made."""
    taken = {copy.name for copy in (*session.copies, *made)}
    return next(name for number in range(1, len(taken) + 2) if (name := f"{stem} {number}") not in taken)


def next_colour(session: Session, made: Sequence[CopyItem | StructureItem]) -> Colour:
    """The colour that is most unlike those of the copies and structures that are there."""
    used = [item.colour for item in session.structures] + [copy.colour for copy in (*session.copies, *made)]
    unlike = np.linalg.norm(CHAIN_COLOURS[:, None] - np.array(used)[None], axis=2).min(axis=1)
    red, green, blue = CHAIN_COLOURS[int(np.argmax(unlike))].tolist()
    return red, green, blue
