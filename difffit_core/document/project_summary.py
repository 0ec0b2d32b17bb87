"""What a project file holds, without reading its maps: enough to choose between several."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from difffit_core.document.project_archive import opened_archive, read_content
from difffit_core.files.limits import parse_json


@dataclass(frozen=True)
class ProjectSummary:
    """The names and numbers of what is in a project."""

    project: Path | None  # the user's file, when this is an autosave of it
    maps: tuple[str, ...]
    structures: tuple[str, ...]
    fits: int
    copies: int

    @property
    def text(self) -> str:
        """For one line, e.g. `emd_3488.map, A.pdb · 1 fit, 2 copies`."""
        names = (*self.maps, *self.structures)
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        return " · ".join(part for part in (shown, self._work) if part)

    @property
    def _work(self) -> str:
        counts = ((self.fits, "fit", "fits"), (self.copies, "copy", "copies"))
        return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts if count)


def summary_of(path: Path) -> ProjectSummary:
    """What `session.json` says; ProjectError when that cannot be read."""
    with opened_archive(path) as archive:
        return _summary(parse_json(read_content(archive, "session.json")))


def _summary(content: dict[str, Any]) -> ProjectSummary:
    session, project, files = content["session"], content.get("autosave_of"), content["files"].values()
    names = {kind: tuple(_name(file) for file in files if file["kind"] == kind) for kind in ("map", "structure")}
    counts = (len(session[part]) for part in ("fits", "copies"))
    return ProjectSummary(Path(project) if project else None, names["map"], names["structure"], *counts)


def _name(file: dict[str, Any]) -> str:
    return str(file["name"]) if "embedded" in file else str(file["absolute"]).replace("\\", "/").rsplit("/", 1)[-1]
