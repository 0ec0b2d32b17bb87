"""Changes of a session as frozen data.

`apply` gives the changed session, or the very same one when there is nothing to change: a command that names an item
that has gone (the result of a job that ended late, say) does nothing.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np

from difffit_core.data.poses import Poses, angles_between
from difffit_core.data.results import FitResult
from difffit_core.document.copies import CopyItem
from difffit_core.document.session import ClusterId, Colour, FitItem, MapItem, Session, StructureItem


class Command(Protocol):
    """A change of the session; `label` completes "Undo …" in a menu."""

    @property
    def label(self) -> str:
        """What was done, in a few words."""

    def apply(self, session: Session) -> Session:
        """The session after the change."""


@dataclass(frozen=True)
class AddMap:
    """Put a map into the session."""

    label: ClassVar[str] = "open map"
    item: MapItem

    def apply(self, session: Session) -> Session:
        """The session with the map at the end of its list."""
        if session.find_map(self.item.key):
            return session
        return replace(session, maps=(*session.maps, self.item))


@dataclass(frozen=True)
class AddStructure:
    """Put a structure into the session."""

    label: ClassVar[str] = "open structure"
    item: StructureItem

    def apply(self, session: Session) -> Session:
        """The session with the structure at the end of its list."""
        if session.find_structure(self.item.key):
            return session
        return replace(session, structures=(*session.structures, self.item))


@dataclass(frozen=True)
class RemoveMap:
    """Take a map out of the session, and the fits in it."""

    label: ClassVar[str] = "close map"
    map: str

    def apply(self, session: Session) -> Session:
        """The session without the map and its copies; structures in it stand where their files put them."""
        if session.find_map(self.map) is None:
            return session
        rest = tuple(replace(m, derived_from=None) if m.derived_from == self.map else m for m in session.maps)
        without = without_copies(session, lambda copy: copy.map == self.map, restore=False)
        without = replace(without, maps=tuple(m for m in rest if m.key != self.map))
        return _without_fits(without, lambda fit: fit.map == self.map)


@dataclass(frozen=True)
class RemoveStructure:
    """Take a structure out of the session, its fits and its copies."""

    label: ClassVar[str] = "close structure"
    structure: str

    def apply(self, session: Session) -> Session:
        """The session without the structure."""
        if session.find_structure(self.structure) is None:
            return session
        without = without_copies(session, lambda copy: copy.structure == self.structure)
        without = replace(without, structures=tuple(s for s in session.structures if s.key != self.structure))
        return _without_fits(without, lambda fit: fit.structure == self.structure)


@dataclass(frozen=True)
class SetContourLevel:
    """Draw a map's surface at another density (map units)."""

    label: ClassVar[str] = "contour level"
    map: str
    level: float

    def apply(self, session: Session) -> Session:
        """The session with the other level."""
        return _with_map(session, self.map, lambda item: replace(item, contour_level=self.level))


@dataclass(frozen=True)
class SetMapStyle:
    """Draw a map differently; None leaves a property as it is."""

    label: ClassVar[str] = "map style"
    map: str
    colour: Colour | None = None
    opacity: float | None = None
    visible: bool | None = None
    style: str | None = None
    dust: float | None = None  # Å
    full_detail: bool | None = None

    def apply(self, session: Session) -> Session:
        """The session with the map's other style."""
        return _with_map(session, self.map, lambda item: replace(item, **_given(self, but="map")))


@dataclass(frozen=True)
class SetStructureStyle:
    """Draw a structure differently; None leaves a property as it is."""

    label: ClassVar[str] = "structure style"
    structure: str
    colour: Colour | None = None
    visible: bool | None = None
    representation: str | None = None
    colour_by: str | None = None

    def apply(self, session: Session) -> Session:
        """The session with the structure's other style."""
        return _with_structure(session, self.structure, lambda item: replace(item, **_given(self, but="structure")))


@dataclass(frozen=True)
class AddFit:
    """Keep the result of a fit and stand its structure in the best cluster."""

    label: ClassVar[str] = "fit"
    item: FitItem

    def apply(self, session: Session) -> Session:
        """The session with the fit; unchanged when its map or its structure has been closed meanwhile."""
        known = session.find_map(self.item.map) and session.find_structure(self.item.structure)
        if not known or session.find_fit(self.item.key):
            return session
        added = replace(session, fits=(*session.fits, self.item))
        return SelectCluster(self.item.key, 0).apply(added)


@dataclass(frozen=True)
class RemoveFit:
    """Forget the result of a fit."""

    label: ClassVar[str] = "remove fit"
    fit: str

    def apply(self, session: Session) -> Session:
        """The session without the fit; its structure stands where its file puts it."""
        if session.find_fit(self.fit) is None:
            return session
        return _without_fits(session, lambda fit: fit.key == self.fit)


@dataclass(frozen=True)
class SelectCluster:
    """Stand a fit's structure in one of its clusters."""

    label: ClassVar[str] = "choose placement"
    fit: str
    index: int

    def apply(self, session: Session) -> Session:
        """The session with the structure in the other place."""
        chosen, fit = ClusterId(self.fit, self.index), session.find_fit(self.fit)
        if fit is None or session.find_cluster(chosen) is None:
            return session
        return _with_structure(session, fit.structure, lambda item: replace(item, placed_by=chosen))


@dataclass(frozen=True)
class Regroup:
    """Gather the placements of fits anew, with other tolerances; what was found stays the same."""

    label: ClassVar[str] = "cluster tolerances"
    shift: float  # Å
    angle: float  # degrees
    results: tuple[tuple[str, FitResult], ...] = field(compare=False, repr=False)  # by fit

    def apply(self, session: Session) -> Session:
        """The session with the other clusters; every structure stands in the one nearest to where it stood."""
        regrouped = dict(self.results)
        fits = tuple(self._regrouped(fit, regrouped.get(fit.key)) for fit in session.fits)
        if fits == session.fits:
            return session
        changed = replace(session, fits=fits)
        stand = tuple(_stand_nearest(session, changed, item, regrouped) for item in session.structures)
        return replace(changed, structures=stand)

    def _regrouped(self, fit: FitItem, result: FitResult | None) -> FitItem:
        if result is None:
            return fit
        settings = replace(fit.settings, cluster_shift=self.shift, cluster_angle=self.angle)
        return replace(fit, settings=settings, result=result)


def continues(earlier: Command, later: Command) -> bool:
    """Whether `later` goes on where `earlier` left off (a slider still held), so that one undo takes back both."""
    return type(earlier) is type(later) and _target(earlier) is not None and _target(earlier) == _target(later)


def _target(command: Command) -> tuple[object, ...] | None:
    match command:
        case SetContourLevel(map=key):
            return (key,)
        case SetMapStyle(map=key, visible=None) | SetStructureStyle(structure=key, visible=None):
            return (key, *_given(command, but=""))
        case SelectCluster(fit=key):
            return (key,)
        case Regroup():
            return ()
        case _:  # commands of other files say it themselves
            return getattr(command, "gesture", None)


def _given(style: "SetMapStyle | SetStructureStyle", *, but: str) -> dict[str, Any]:
    """The properties that a style command names, without the key of its item."""
    return {f.name: value for f in fields(style) if f.name != but and (value := getattr(style, f.name)) is not None}


Changed = TypeVar("Changed", MapItem, StructureItem)


def _changed(items: tuple[Changed, ...], key: str, change: Callable[[Changed], Changed]) -> tuple[Changed, ...]:
    return tuple(change(item) if item.key == key else item for item in items)


def _with_map(session: Session, key: str, change: Callable[[MapItem], MapItem]) -> Session:
    return _unless_equal(session, replace(session, maps=_changed(session.maps, key, change)))


def _with_structure(session: Session, key: str, change: Callable[[StructureItem], StructureItem]) -> Session:
    return _unless_equal(session, replace(session, structures=_changed(session.structures, key, change)))


def _unless_equal(session: Session, changed: Session) -> Session:
    return session if changed == session else changed


def _without_fits(session: Session, gone: Callable[[FitItem], bool]) -> Session:
    lost = {fit.key for fit in session.fits if gone(fit)}
    stand = tuple(
        replace(item, placed_by=None) if item.placed_by and item.placed_by.fit in lost else item
        for item in session.structures
    )
    return replace(session, structures=stand, fits=tuple(fit for fit in session.fits if fit.key not in lost))


def without_copies(session: Session, gone: Callable[[CopyItem], bool], *, restore: bool = True) -> Session:
    """The session without some copies; unless told otherwise the density that they explain returns to every map."""
    lost = {copy.key for copy in session.copies if gone(copy)}
    kept = tuple(copy for copy in session.copies if copy.key not in lost)
    if not lost or not restore:
        return replace(session, copies=kept) if lost else session
    return replace(session, copies=kept, maps=tuple(without_removals(item, lost) for item in session.maps))


def without_removals(item: MapItem, copies: Container[str]) -> MapItem:
    """The map with the density back in it that these copies explain."""
    kept = tuple(removal for removal in item.removals if removal.copy not in copies)
    return item if len(kept) == len(item.removals) else replace(item, removals=kept)


def _stand_nearest(
    session: Session, changed: Session, item: StructureItem, regrouped: dict[str, FitResult]
) -> StructureItem:
    """The structure in the new cluster that lies nearest to its old one."""
    before = session.find_cluster(item.placed_by)
    if item.placed_by is None or before is None or item.placed_by.fit not in regrouped:
        return item
    clusters = regrouped[item.placed_by.fit].clusters
    if not clusters:
        return replace(item, placed_by=None)
    poses = Poses.concatenate([cluster.representative for cluster in clusters])
    shift = np.linalg.norm(poses.position_xyz - before.representative.position_xyz, axis=1)
    turned = angles_between(poses.orientation_xyzw, before.representative.orientation_xyzw)
    reach = np.radians(turned) * item.structure.radius_of_gyration  # Å of arc: comparable with a shift
    return replace(item, placed_by=ClusterId(item.placed_by.fit, int(np.argmin(shift + reach))))
