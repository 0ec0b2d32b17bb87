"""The folder of a scan: what it is a scan of, and what has been found."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from difffit_core.errors import DiffFitError
from difffit_core.files.atomic_write import atomic_write, check_output_folder
from difffit_core.files.limits import parse_json
from difffit_core.scan.case import ScanCase, fingerprint, identity_of
from difffit_core.scan.finding import Finding, read_finding

SCHEMA = "difffit/scan/1"


def open_folder(folder: Path, case: ScanCase, *, resume: bool) -> None:
    """Make the folder ready for a scan; DiffFitError when it holds one already and that is not to be resumed."""
    check_output_folder(folder)
    results = check_output_folder(folder / "results")
    identity = identity_of(case)
    earlier = read_scan(folder)
    if earlier is None and next(results.iterdir(), None) is not None:
        raise DiffFitError(f"{results} holds files that belong to no scan; choose another output folder.")
    if earlier is not None:
        _require_resumable(folder, earlier, fingerprint(identity), resume)
    _clear_parts(results)
    content: dict[str, Any] = {"schema": SCHEMA}
    content |= {"version": version("difffit"), "created": datetime.now(UTC).isoformat("T", "seconds")}
    content |= {"fingerprint": fingerprint(identity), "identity": identity, "map_path": str(case.map_path)}
    with atomic_write(folder / "scan.json") as stream:
        stream.write(json.dumps(content, indent=1).encode())


def read_scan(folder: Path) -> dict[str, Any] | None:
    """What `scan.json` says; None when there is none."""
    try:
        content = parse_json((folder / "scan.json").read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as cause:
        raise DiffFitError(f"{folder / 'scan.json'} cannot be read; choose another output folder.") from cause
    return content if isinstance(content, dict) else {}


def findings_of(folder: Path) -> list[Finding]:
    """All findings of a finished or unfinished scan, in the order of their names."""
    found = (read_finding(path) for path in sorted((folder / "results").glob("*.json")))
    return [finding for finding in found if finding is not None]


def _require_resumable(folder: Path, earlier: dict[str, Any], mine: str, resume: bool) -> None:
    if earlier.get("fingerprint") != mine:
        raise DiffFitError(
            f"{folder} holds a scan with another map, region or settings; choose another output folder for this one."
        )
    if not resume:
        raise DiffFitError(f"{folder} holds this scan already; continue it with --resume or choose another folder.")


def _clear_parts(results: Path) -> None:
    """Remove what writers left behind that were killed; nobody writes before the scan begins."""
    for part in results.glob(".*.part"):
        with suppress(OSError):  # litter that cannot be removed harms nobody
            part.unlink()
