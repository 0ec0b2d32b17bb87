"""One input through one reader: how it ended, and whether that keeps the promise."""

import bz2
import gzip
import io
import shutil
import traceback
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from difffit_core.errors import DiffFitError
from tests.fuzz.measuring import Cost, measured
from tests.fuzz.readers import READERS, Reader

MOST_SECONDS = 2.0
TIMES_MEMORY = 4
FLOOR = 8 << 20  # bytes: below this the allocators' own steps decide, not the reader


@dataclass(frozen=True)
class Trial:
    """`failure` is empty when the promise was kept."""

    outcome: str  # `read`, `refused` or the kind of failure
    failure: str
    cost: Cost
    share_of_memory: float  # 1 is all that was allowed


def input_of(name: str, seed: int, index: int, valid: Sequence[bytes]) -> bytes:
    """The input of this number: the same on every machine."""
    random = Random(f"{seed} {name} {index}")
    return READERS[name].mutate(random, random.choice(valid), valid)


def memory_allowed(reader: Reader, valid: Sequence[bytes], folder: Path) -> int:
    """Four times what the costliest valid file takes, in bytes; and no less than the floor."""
    most = 0
    for content in (*valid, *valid):  # the first time modules are imported
        with clean(folder), measured() as cost:
            reader.read(content, folder)
        most = cost.memory if content is valid[0] else max(most, cost.memory)
    return max(FLOOR, TIMES_MEMORY * most)


def attempt(reader: Reader, content: bytes, folder: Path, allowed: int) -> Trial:
    """Read one input, and judge."""
    with clean(folder):
        cost = Cost()
        try:
            with measured() as cost:
                reader.read(content, folder)
            outcome, failure = "read", ""
        except DiffFitError as refusal:
            outcome, failure = "refused", _fault_of(refusal)
        except Exception as error:
            outcome, failure = "traceback", f"{type(error).__name__} {where(error)}: {error}"
    if not failure and cost.seconds > MOST_SECONDS:
        outcome, failure = "slow", f"{cost.seconds:.1f} s"
    if not failure and cost.memory > allowed:
        allowed = max(allowed, TIMES_MEMORY * unpacked_size(content))
    if not failure and cost.memory > allowed:
        outcome, failure = "memory", f"{cost.memory >> 20} MiB of {allowed >> 20}"
    return Trial(outcome, failure, cost, cost.memory / allowed)


def unpacked_size(content: bytes) -> int:
    """Bytes: of the entries of a zip archive, of gzip and bzip2 streams, else of the content itself."""
    unpacked = len(content)
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for name in archive.namelist():
                    unpacked += len(archive.read(name))
        elif content.startswith((b"\x1f\x8b", b"BZh")):
            stream = (
                gzip.GzipFile(fileobj=io.BytesIO(content)) if content[0] == 0x1F else bz2.BZ2File(io.BytesIO(content))
            )
            unpacked += sum(len(piece) for piece in iter(lambda: stream.read(1 << 16), b""))
    except Exception:  # a damaged one unpacks to what came before the damage
        pass
    return unpacked


def _fault_of(refusal: DiffFitError) -> str:
    """What is wrong with a sentence: that it is none, or that it came of memory that should not have been asked for."""
    cause: BaseException | None = refusal
    while cause is not None:
        if isinstance(cause, MemoryError):
            return f"memory was asked for {where(cause)}"
        cause = cause.__cause__ or cause.__context__
    text = str(refusal)
    return "" if text.endswith(".") and "\n" not in text else f"no sentence: {text!r}"


def where(error: BaseException) -> str:
    """The innermost line of the program's own that an error passed through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/difffit_core/" in frame.filename]
    frames = frames or traceback.extract_tb(error.__traceback__)[-1:]
    return f"at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"


@contextmanager
def clean(folder: Path) -> Iterator[None]:
    """An empty folder, emptied again in the end."""
    try:
        yield
    finally:
        for entry in folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
