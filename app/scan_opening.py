"""Candidates become part of the session: structures that stand where the scan found them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.accepting import copies_of
from app.scan_table import Candidate
from app.theme import STRUCTURE_COLOURS
from difffit_core.data.poses import Poses
from difffit_core.data.results import Cluster, FitResult, Placements, Scores
from difffit_core.data.structure import Structure
from difffit_core.document.commands import Command
from difffit_core.document.copy_commands import AcceptCopy
from difffit_core.document.scan_commands import AcceptCandidate, OpenCandidates
from difffit_core.document.session import ClusterId, FitItem, Session, StructureItem, new_key
from difffit_core.settings import FitSettings


@dataclass(frozen=True)
class ReadCandidate:
    """A candidate and its structure."""

    candidate: Candidate
    structure: Structure


def read_candidates(candidates: Sequence[Candidate]) -> tuple[ReadCandidate, ...]:
    """Read them, in the pool; a sentence (DiffFitError) says which of them cannot be read."""
    from difffit_core.files.structure_files import read_structure

    return tuple(ReadCandidate(candidate, read_structure(candidate.path)) for candidate in candidates)


def opening(session: Session, read: Sequence[ReadCandidate], map_key: str, settings: FitSettings) -> OpenCandidates:
    """The command that opens candidates; a structure that is open already gets the placement, unless it has it."""
    structures: list[StructureItem] = []
    fits: list[FitItem] = []
    for one in read:
        item = next((known for known in session.structures if known.path == one.structure.source.path), None)
        if item is None:
            colour = STRUCTURE_COLOURS[(len(session.structures) + len(structures)) % len(STRUCTURE_COLOURS)]
            item = StructureItem(new_key("structure"), one.structure, colour)
            structures.append(item)
        if _fit_of(session, item, map_key, one.candidate) is None:
            result = result_of(one.candidate, item.structure, settings)
            fits.append(FitItem(new_key("fit"), map_key, item.key, settings, result))
    return OpenCandidates(tuple(structures), tuple(fits))


def accepting(session: Session, read: ReadCandidate, map_key: str, settings: FitSettings) -> Command | None:
    """The command that keeps a candidate as a copy; None when it was kept before."""
    opened = opening(session, [read], map_key, settings)
    after = opened.apply(session)
    item = next(known for known in after.structures if known.path == read.structure.source.path)
    fit = _fit_of(after, item, map_key, read.candidate)
    copies = copies_of(after, [ClusterId(fit.key, 0)]) if fit is not None else ()
    return AcceptCandidate(opened, AcceptCopy(copies[0])) if copies else None


def result_of(candidate: Candidate, structure: Structure, settings: FitSettings) -> FitResult:
    """What the scan found of a candidate, as the result of a fit with one cluster."""
    assert candidate.map_from_model is not None
    centroid_xyz = structure.centroid_xyz
    pose = Poses.from_matrices(np.array([candidate.map_from_model]), centroid_xyz)
    scores = Scores(**{name: np.array(value) for name, value in candidate.scores})
    cluster = Cluster(pose, pose, max(1, candidate.hits), scores, candidate.confidence, path=pose)
    climbed = Placements.fresh(pose, np.array([candidate.correlation]), np.array([float(max(1, candidate.hits))]))
    level, resolution = settings.level or 0.0, settings.resolution or 0.0
    return FitResult((cluster,), climbed, centroid_xyz, level, resolution, "scan", settings.device, {})


def _fit_of(session: Session, item: StructureItem, map_key: str, candidate: Candidate) -> FitItem | None:
    """The fit that holds this placement alone."""
    wanted = np.array(candidate.map_from_model)
    for fit in session.fits:
        mine = fit.structure == item.key and fit.map == map_key and len(fit.result.clusters) == 1
        if mine and np.allclose(fit.result.map_from_model(0), wanted, atol=1e-6):
            return fit
    return None
