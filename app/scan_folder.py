"""Folders of scans: where new ones go, what is needed to go on with one, and what a finished one says.

Everything here takes time or loads the engine: call it in the pool or in a worker.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any

from app.reading import MapFacts
from app.scan_table import OpenedScan, ScanRequest, ScanTable, table_from, table_of
from difffit_core.document.session import MapItem
from difffit_core.errors import DiffFitError
from difffit_core.files.atomic_write import atomic_write, check_output_folder
from difffit_core.settings import FitSettings

if TYPE_CHECKING:
    from difffit_core.scan.ranking import Ranking


@dataclass(frozen=True)
class SampleScan:
    """A map and a library that come with the program."""

    folder: str  # among the samples
    map: str  # file in it
    facts: MapFacts


SAMPLE = SampleScan("ribosome", "region.map.gz", MapFacts(contour_level=0.02675, resolution=5.8))
WISH = "window.json"  # what was asked for, beside what the engine keeps
ODD = re.compile(r"[^\w.+-]+")


def default_root() -> Path:
    """Where scans lie when the user chose no other folder: the user's own data folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir("difffit", appauthor=False)) / "scans"


def free_folder(root: Path, map_name: str, library: str) -> Path:
    """A folder that is not there yet, called after map and library."""
    stem = ODD.sub("_", f"{map_name.split('.')[0]} in {Path(library).name.split('.')[0]}".replace(" in ", "-"))
    numbers = range(1, 10_000)
    return next(path for n in numbers if not (path := root / (stem if n == 1 else f"{stem}-{n}")).exists())


def map_file(item: MapItem, folder: Path) -> Path:
    """The file of a map; one that is in no file, because density was taken out of it, is written into the folder."""
    if not item.removals and item.path.is_file():
        return item.path
    from difffit_core.files.map_files import write_volume

    path = check_output_folder(folder) / "map.mrc"
    write_volume(path, item.volume)
    return path


def make_request(
    item: MapItem,
    library: str,
    files: tuple[Path, ...],
    settings: FitSettings,
    folder: Path,
    region: tuple[str, ...] = (),
) -> ScanRequest:
    """A scan of a library, or of single files, in a map of the session; DiffFitError when the region is none."""
    from difffit_core.files.regions import read_region

    read_region(region)
    chosen = library or list_of_files(list(files), folder)
    return ScanRequest(chosen, map_file(item, folder), settings, folder, region)


def count_of(library: str) -> str:
    """How many candidates a library holds, for a person; of an archive one knows when it has been unpacked."""
    from difffit_core.scan.archives import is_archive
    from difffit_core.scan.library import list_library

    if Path(library).is_file() and is_archive(Path(library)):
        return "an archive; it is unpacked when the scan begins"
    count = len(list_library(library, Path(library)))
    return f"{count:,} candidate{'' if count == 1 else 's'}"


def same_map(known: tuple[tuple[str, Path], ...], path: Path, sha256: str) -> str | None:
    """The key of the map that was searched, among maps known by key and file: the same file, or the same content."""
    from difffit_core.files.checksums import checksum_of

    there = [(key, file) for key, file in known if file.is_file()]
    same = (key for key, file in there if path.is_file() and file.samefile(path))
    equal = (key for key, file in there if sha256 and checksum_of(file).sha256 == sha256)
    return next(same, None) or next(equal, None)


def list_of_files(paths: list[Path], folder: Path) -> str:
    """A library of single files: their paths as a list in the folder."""
    path = check_output_folder(folder) / "library.txt"
    with atomic_write(path) as stream:
        stream.write("".join(f"{path.absolute()}\n" for path in paths).encode())
    return str(path)


def keep_wish(request: ScanRequest) -> None:
    """Write down what is needed to go on with this scan."""
    content = {"library": request.library, "effort": request.settings.preset, "settings": asdict(request.settings)}
    with atomic_write(check_output_folder(request.folder) / WISH) as stream:
        stream.write(json.dumps(content, indent=1).encode())


def write_results(request: ScanRequest, ranking: "Ranking", begun: float) -> None:
    """Table and JSON of a scan, and its report when it has ended; `begun` is the monotonic time of its start."""
    from difffit_core.scan.output_folder import read_scan
    from difffit_core.scan.ranking_files import ranking_as_dict, write_ranking
    from difffit_core.scan.report import write_report

    scan = read_scan(request.folder)
    if scan is None:
        raise DiffFitError(f"{request.folder} holds no scan any more; somebody has removed its files.")
    seconds = {"total": time.monotonic() - begun}
    content = ranking_as_dict(ranking, command=command_of(request), scan=scan, seconds=seconds)
    write_ranking(request.folder, content)
    if ranking.complete:  # its pictures take time, and who stops a scan does not want to wait
        write_report(request.folder / "report.html", content)


def command_of(request: ScanRequest) -> tuple[str, ...]:
    """The command that does the same."""
    numbers = (("--resolution", request.settings.resolution), ("--level", request.settings.level))
    given = [(name, str(value)) for name, value in numbers if value is not None]
    given += [("--region", shape) for shape in request.region] + [("--exclude", shape) for shape in request.exclude]
    options = [text for pair in given for text in pair]
    where = (str(request.map_path), request.library, "-o", str(request.folder))
    return ("difffit", "scan", *where, "--preset", request.settings.preset, *options)


def read_folder(folder: Path) -> OpenedScan:
    """A finished or unfinished scan; DiffFitError when the folder holds none."""
    from difffit_core.scan.output_folder import read_scan

    finished, scan = _json_of(folder / "ranking.json"), read_scan(folder)
    if scan is None and not finished:
        raise DiffFitError(_no_scan(folder))
    request, sha256 = _request_of(folder, scan, finished)
    table = _table_of(folder, finished, request.settings.seed)
    missing = frozenset(candidate.name for candidate in table.candidates if not candidate.path.is_file())
    return OpenedScan(request, sha256, _found_again(table, folder, missing), _still_missing(table, folder, missing))


def _no_scan(folder: Path) -> str:
    inner = sorted(path.parent.name for path in folder.glob("*/scan.json"))
    if inner:
        return f"{folder} holds the scans of several maps; choose one of the folders in it: {', '.join(inner)}."
    return (
        f"{folder} holds no scan; choose a folder that was written by Identify or by `difffit scan` "
        "(it holds scan.json and results)."
    )


def _table_of(folder: Path, finished: Mapping[str, Any], seed: int) -> ScanTable:
    """As `ranking.json` has it, unless the scan has gone on or never ended."""
    if finished.get("complete"):
        try:
            return table_from(finished)
        except (KeyError, TypeError, ValueError, AttributeError) as cause:
            raise DiffFitError(f"{folder / 'ranking.json'} is damaged; scan again with --resume to mend it.") from cause
    from difffit_core.scan.output_folder import findings_of
    from difffit_core.scan.ranking import rank

    return table_of(rank(findings_of(folder), seed))


def _request_of(folder: Path, scan: Mapping[str, Any] | None, finished: Mapping[str, Any]) -> tuple[ScanRequest, str]:
    """What was scanned, and the checksum of the map."""
    wish = _json_of(folder / WISH)
    if scan is not None:
        identity, path = scan.get("identity", {}), scan.get("map_path", "")
        region, exclude, sha256 = (identity.get(key, ()) for key in ("region", "exclude", "map_sha256"))
        settings = identity.get("settings", {})
    else:
        known, searched = finished.get("map", {}), finished.get("region", {})
        path, sha256, settings = known.get("path", ""), known.get("sha256", ""), finished.get("settings", {})
        region, exclude = searched.get("searched", ()), searched.get("excluded", ())
    chosen = _settings_of({**wish.get("settings", {}), **settings, "preset": wish.get("effort", "exhaustive")})
    library = str(wish.get("library", "")) if scan is not None else ""
    return ScanRequest(library, Path(str(path)), chosen, folder, tuple(region), tuple(exclude)), str(sha256)


def _settings_of(content: Mapping[str, Any]) -> FitSettings:
    known = {field.name for field in fields(FitSettings)}
    return FitSettings(**{name: value for name, value in content.items() if name in known})


def _found_again(table: ScanTable, folder: Path, missing: frozenset[str]) -> ScanTable:
    """The table with the candidates that were unpacked into the folder and came with it."""
    candidates = tuple(
        replace(c, path=_moved(c.path, folder)) if c.name in missing and _moved(c.path, folder).is_file() else c
        for c in table.candidates
    )
    return replace(table, candidates=candidates)


def _still_missing(table: ScanTable, folder: Path, missing: frozenset[str]) -> frozenset[str]:
    paths = {candidate.name: candidate.path for candidate in table.candidates}
    return frozenset(name for name in missing if not _moved(paths[name], folder).is_file())


def _moved(path: Path, folder: Path) -> Path:
    return folder / "library" / PureWindowsPath(path).name  # it may come from another system


def _json_of(path: Path) -> dict[str, Any]:
    """What a file says; nothing when it is not there or is damaged."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
