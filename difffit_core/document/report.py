"""A session as a report: what `files.report_page` needs to know of it."""

from collections.abc import Sequence

from difffit_core.document.copies import CopyItem
from difffit_core.document.session import Session
from difffit_core.files.methods_text import methods_of
from difffit_core.files.report_page import METRICS, Page, Table, fit_part, inputs_table

_HEAD = ("copy", "structure", "map", "note", "confidence", *(title for title, _ in METRICS.values()))


def page_of_session(session: Session, *, title: str, pictures: Sequence[bytes] = ()) -> Page:
    """The page of everything in a session; `pictures` are PNG files. Reads the files once, for their checksums."""
    fits = [fit for fit in session.fits if session.find_map(fit.map) and session.find_structure(fit.structure)]
    removed = {removal.copy for item in session.maps for removal in item.removals}
    methods = methods_of(
        [(fit.settings, fit.result) for fit in fits], accepted=len(session.copies), removed=len(removed)
    )
    opened = [item for item in session.maps if item.derived_from is None]
    return Page(
        title=title,
        pictures=tuple(pictures),
        inputs=inputs_table([(m.path, m.base) for m in opened], [s.structure for s in session.structures]),
        fits=tuple(
            fit_part(map_item.name, item.structure, fit.settings, fit.result)
            for fit in fits
            if (map_item := session.find_map(fit.map)) and (item := session.find_structure(fit.structure))
        ),
        methods=methods,
        copies=_copies(session) if session.copies else None,
        poses="\n\n".join(_pose(copy) for copy in session.copies),
    )


def _copies(session: Session) -> Table:
    unknown = any(copy.scores is None for copy in session.copies)
    note = "Scores of copies that were moved by hand are not known." if unknown else ""
    return Table(_HEAD, tuple(_row(session, copy) for copy in session.copies), 4, note)


def _row(session: Session, copy: CopyItem) -> tuple[str, ...]:
    structure, target = session.find_structure(copy.structure), session.find_map(copy.map)
    scores = dict(copy.scores or ())
    metrics = [pattern.format(scores[name]) if name in scores else "–" for name, (_, pattern) in METRICS.items()]
    confidence = "–" if copy.confidence is None else f"{copy.confidence:.2f}"
    names = (structure.name if structure else "", target.name if target else "")
    return (copy.name, *names, copy.note, confidence, *metrics)


def _pose(copy: CopyItem) -> str:
    rows = ("  ".join(f"{value:12.6f}" for value in row) for row in copy.map_from_model)
    return "\n".join((copy.name, *rows))
