"""What composing proposes, as the window shows it: copies by rounds, reasons, and where else something could go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.accepting import free_name, lie_together, next_colour
from difffit_core.data.volume import Volume
from difffit_core.document.copies import CopyItem, rows_of
from difffit_core.document.session import Session, new_key
from difffit_core.events import CopiesFound, RoundEnded
from difffit_core.settings import FitSettings

if TYPE_CHECKING:  # loads numba, which must not happen in the window's thread
    from difffit_core.compose.candidates import Candidate
    from difffit_core.compose.decisions import Alternative
    from difffit_core.compose.rounds import Composition, Round

CANCELLED = "Cancelled. What was found until then is kept, not polished."


@dataclass(frozen=True)
class ComposeRequest:
    """What the user wants composed."""

    map: str  # key
    structures: tuple[str, ...]  # keys
    most: dict[int, int]  # copies by index of the structure; as many as are sure of the others
    symmetry: str  # auto, none, helical, file, or a point group
    settings: FitSettings
    residues: Mapping[str, str] = field(
        default_factory=dict
    )  # of parts: where they were cut out of their model, by key


@dataclass(frozen=True)
class Offer:
    """A place that was not chosen, and why."""

    item: CopyItem
    title: str
    text: str  # a sentence


@dataclass(frozen=True)
class ProposedCopy:
    """A copy that is sure, and what else could be true."""

    item: CopyItem
    round: int  # from 1
    by_symmetry: bool = False
    offers: tuple[Offer, ...] = ()
    known_as: str = ""  # name of an accepted copy that stands there already
    residues: str = ""  # of a part: where it was cut out of its model


@dataclass(frozen=True)
class RoundReport:
    """What a round did, beside the copies that it brought."""

    number: int  # from 1
    tried: tuple[str, ...]  # names
    withdrawn: tuple[str, ...]  # sentences
    explained: float | None  # share of the density above the contour, by all copies up to then; None while it runs


@dataclass(frozen=True)
class LeftOutStructure:
    """A structure with fewer copies than asked for, or none."""

    name: str
    reason: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Proposal:
    """How a map could be composed; nothing of it is in the document yet."""

    map: str  # key
    structures: tuple[str, ...]  # keys
    copies: tuple[ProposedCopy, ...]
    rounds: tuple[RoundReport, ...]
    left_out: tuple[LeftOutStructure, ...] = ()
    remaining: Volume | None = None
    explained: float = 0.0  # 0 to 1
    stopped: str = ""  # why there was no further round; empty while composing goes on
    symmetry: str = ""  # of the map, where one was found

    @property
    def sure(self) -> tuple[str, ...]:
        """Keys of the copies that are proposed; those that were accepted before are not."""
        return tuple(copy.item.key for copy in self.copies if not copy.known_as)

    @property
    def places(self) -> dict[str, CopyItem]:
        """Everything that can be accepted, by key."""
        offers = [offer for copy in self.copies for offer in copy.offers]
        offers += [offer for left in self.left_out for offer in left.offers]
        return {copy.item.key: copy.item for copy in self.copies} | {offer.item.key: offer.item for offer in offers}

    def by_round(self, chosen: Sequence[str]) -> dict[int, tuple[CopyItem, ...]]:
        """The chosen places by the round they belong to; those of left-out structures to the last one."""
        rounds = {copy.item.key: copy.round for copy in self.copies}
        for copy in self.copies:
            rounds = {offer.item.key: copy.round for offer in copy.offers} | rounds
        last = max((report.number for report in self.rounds), default=1)
        places = {key: item for key, item in self.places.items() if key in set(chosen)}
        numbers = sorted({rounds.get(key, last) for key in places})
        return {n: tuple(item for key, item in places.items() if rounds.get(key, last) == n) for n in numbers}


def keeping(proposal: Proposal, before: Proposal | None, session: Session) -> Proposal:
    """The proposal with the keys, names and colours that its copies had in the one before, where they still stand.

    So a copy stays the same one while rounds go on and when it is polished in the end.
    """
    known = [copy.item for copy in before.copies] if before is not None else []
    same: dict[str, CopyItem] = {}
    for copy in proposal.copies:
        old = next((item for item in known if _same_place(session, item, copy.item)), None)
        if old is not None:
            known.remove(old)
            same[copy.item.key] = replace(copy.item, key=old.key, name=old.name, colour=old.colour)
    taken = list(same.values())
    for key, item in proposal.places.items():
        if key not in same:
            stem = item.name.rpartition(" ")[0]
            same[key] = replace(item, name=free_name(session, stem, taken), colour=next_colour(session, taken))
            taken.append(same[key])
    return _with_items(proposal, same)


def _with_items(proposal: Proposal, items: Mapping[str, CopyItem]) -> Proposal:
    def offers(old: tuple[Offer, ...]) -> tuple[Offer, ...]:
        return tuple(replace(offer, item=items[offer.item.key]) for offer in old)

    copies = (replace(copy, item=items[copy.item.key], offers=offers(copy.offers)) for copy in proposal.copies)
    left_out = (replace(left, offers=offers(left.offers)) for left in proposal.left_out)
    return replace(proposal, copies=tuple(copies), left_out=tuple(left_out))


def _same_place(session: Session, one: CopyItem, other: CopyItem) -> bool:
    item = session.find_structure(one.structure) if one.structure == other.structure else None
    return item is not None and lie_together(item.structure, one.matrix, other.matrix)


class Maker:
    """Makes items of candidates; the same candidate is always the same item."""

    def __init__(self, session: Session, request: ComposeRequest) -> None:
        self._session, self._request = session, request
        self._made: dict[int, tuple[Candidate, CopyItem]] = {}  # by identity: candidates are not values

    def item(self, candidate: "Candidate") -> CopyItem:
        """The copy that accepting this candidate would make."""
        if id(candidate) not in self._made:
            self._made[id(candidate)] = (candidate, self._new(candidate))
        return self._made[id(candidate)][1]

    def copy(self, candidate: "Candidate", offers: tuple[Offer, ...] = ()) -> ProposedCopy:
        """A candidate that was chosen."""
        item = self.item(candidate)
        known, residues = self._known_as(item), self._request.residues.get(item.structure, "")
        return ProposedCopy(item, candidate.round, candidate.by_symmetry, offers, known, residues)

    def offer(self, other: "Alternative", text: str) -> Offer:
        """A place that was not chosen, with its reason in words."""
        name = self.name(other.candidate.structure)
        return Offer(self.item(other.candidate), f"or {name} elsewhere" if other.elsewhere else f"or {name} here", text)

    def name(self, structure: int) -> str:
        """Of a structure, by its index."""
        item = self._session.find_structure(self._request.structures[structure])
        return item.name if item is not None else ""

    def report(self, done: "Round") -> RoundReport:
        """A round in words."""
        tried = tuple(self.name(k) for k in done.tried)
        return RoundReport(done.number, tried, tuple(one.reason for one in done.withdrawn), done.explained_fraction)

    def _new(self, candidate: "Candidate") -> CopyItem:
        made = [item for _, item in self._made.values()]
        name = self.name(candidate.structure).split(".")[0]
        return CopyItem(
            new_key("copy"),
            self._request.structures[candidate.structure],
            self._session.opened_map(self._request.map),
            rows_of(candidate.placed.map_from_model),
            free_name(self._session, name, made),
            next_colour(self._session, made),
            scores=tuple(candidate.cluster.scores.as_dict().items()),
            confidence=candidate.confidence,
        )

    def _known_as(self, item: CopyItem) -> str:
        structure = self._session.find_structure(item.structure)
        same = [copy for copy in self._session.copies if (copy.structure, copy.map) == (item.structure, item.map)]
        if structure is None:
            return ""
        found = (c.name for c in same if lie_together(structure.structure, c.matrix, item.matrix))
        return next(found, "")


def so_far(
    session: Session,
    request: ComposeRequest,
    rounds: Sequence[RoundEnded],
    running: CopiesFound | None = None,
    stopped: str = "",
) -> Proposal:
    """The proposal after some rounds and, maybe, within another one: without alternatives, not polished."""
    maker = Maker(session, request)
    copies = running.copies if running is not None else rounds[-1].copies if rounds else ()
    reports = [maker.report(entry.round) for entry in rounds]
    reports += [RoundReport(running.number, (), (), None)] if running is not None else []
    return Proposal(
        request.map,
        request.structures,
        tuple(maker.copy(candidate) for candidate in in_order(copies)),
        tuple(reports),
        remaining=rounds[-1].remaining if rounds else None,
        explained=rounds[-1].round.explained_fraction if rounds else 0.0,
        stopped=stopped,
    )


def proposal_of(session: Session, request: ComposeRequest, composition: "Composition") -> Proposal:
    """The proposal that a composition makes; call it in the worker."""
    maker = Maker(session, request)
    for copy in in_order(composition.copies):  # they come first: the lowest numbers are theirs
        maker.item(copy)
    return Proposal(
        request.map,
        request.structures,
        _copies(maker, composition),
        tuple(maker.report(done) for done in composition.rounds),
        _left_out(maker, composition),
        composition.remaining,
        composition.explained_fraction,
        composition.stopped,
        composition.symmetry.group if composition.symmetry is not None else "",
    )


def _copies(maker: Maker, composition: "Composition") -> tuple[ProposedCopy, ...]:
    from difffit_core.compose.decisions import sentence

    others = {id(copy): found for copy, found in zip(composition.copies, composition.alternatives, strict=True)}
    return tuple(
        maker.copy(copy, tuple(maker.offer(other, sentence(other, copy)) for other in others[id(copy)]))
        for copy in in_order(composition.copies)
    )


def in_order(copies: "Iterable[Candidate]") -> "list[Candidate]":
    """Copies of one structure together, the best first."""
    return sorted(copies, key=lambda copy: (copy.structure, -copy.score))


def _left_out(maker: Maker, composition: "Composition") -> tuple[LeftOutStructure, ...]:
    return tuple(
        LeftOutStructure(
            maker.name(left.structure),
            left.reason[:1].upper() + left.reason[1:],
            tuple(
                Offer(
                    maker.item(c),
                    f"a place for {maker.name(c.structure)}",
                    f"Confidence {c.confidence:.2f}: not accepted by itself.",
                )
                for c in left.alternatives
            ),
        )
        for left in composition.left_out
    )
