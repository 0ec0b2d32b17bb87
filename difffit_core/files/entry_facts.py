"""What EMDB says about a map: the contour level that its depositors recommend, and its resolution.

They are asked for when a map is fetched, and kept in a small file beside it. Nobody waits long for them, and nobody is
told when they cannot be had: the program has suggestions of its own.
"""

import json
import math
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from difffit_core.events import Job, Message, StageAdvanced
from difffit_core.files.atomic_write import atomic_write
from difffit_core.files.download import FetchError, download
from difffit_core.files.limits import parse_json

PATIENCE = 5.0  # seconds of silence after which the archive is not waited for
LARGEST_ANSWER = 10_000_000  # bytes


@dataclass(frozen=True)
class EntryFacts:
    """What is known about a map; None where EMDB does not say."""

    contour_level: float | None = None  # map units
    resolution: float | None = None  # Å


def fetch_facts(address: str, id: str, map_path: Path) -> Job[EntryFacts]:
    """Ask EMDB about an entry and keep the answer beside its map; nothing is known where it cannot be asked."""
    answer = b""
    try:
        for piece in download(address, id, PATIENCE):
            answer += piece.content
            yield StageAdvanced(0)
            if len(answer) > LARGEST_ANSWER:
                return EntryFacts()
        facts = facts_in(answer)
        with atomic_write(_note(map_path), FetchError) as stream:
            stream.write(json.dumps(asdict(facts)).encode())
    except FetchError:
        return EntryFacts()
    if facts != EntryFacts():
        yield Message(f"EMDB says of {id}: {describe(facts)}.")
    return facts


def known_facts(map_path: Path) -> EntryFacts | None:
    """What was kept beside a map; None when nothing was, or not readably."""
    with suppress(OSError, ValueError, AttributeError):
        kept = parse_json(_note(map_path).read_bytes())
        return EntryFacts(_number(kept.get("contour_level")), _positive(kept.get("resolution")))
    return None


def facts_in(answer: bytes) -> EntryFacts:
    """The facts in EMDB's description of an entry (JSON); whatever it lacks is None."""
    try:
        entry = parse_json(answer)
    except ValueError:
        return EntryFacts()
    return EntryFacts(_contour_level(entry), _resolution(entry))


def describe(facts: EntryFacts) -> str:
    """The facts in words."""
    level = f"contour level {facts.contour_level:g}" if facts.contour_level is not None else ""
    resolution = f"resolution {facts.resolution:g} Å" if facts.resolution is not None else ""
    return ", ".join(part for part in (level, resolution) if part)


def _contour_level(entry: Any) -> float | None:
    """Of the primary contour, or the first one."""
    with suppress(KeyError, TypeError, IndexError):
        contours = entry["map"]["contour_list"]["contour"]
        return _number(next((one for one in contours if one.get("primary")), contours[0])["level"])
    return None


def _resolution(entry: Any) -> float | None:
    with suppress(KeyError, TypeError, IndexError):
        processing = entry["structure_determination_list"]["structure_determination"][0]["image_processing"][0]
        return _positive(processing["final_reconstruction"]["resolution"]["valueOf_"])
    return None


def _number(value: object) -> float | None:
    with suppress(TypeError, ValueError, OverflowError):
        number = float(value)  # type: ignore[arg-type]
        return number if math.isfinite(number) else None
    return None


def _positive(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _note(map_path: Path) -> Path:
    return map_path.with_name(f"{map_path.name}.facts.json")
