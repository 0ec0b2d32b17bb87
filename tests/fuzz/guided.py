"""`python -m tests.fuzz.guided READER [libFuzzer's options]`: damage led by coverage, where atheris is installed.

atheris is the extra `fuzz` of pyproject.toml. The damage is that of the other run, kept wherever it reaches new lines.
"""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["difffit_core.files", "difffit_core.document", "difffit_core.scan"]):
    from tests.fuzz.readers import READERS, Reader
    from tests.fuzz.trial import FLOOR, attempt


def main(arguments: list[str]) -> None:
    """Run until libFuzzer's options say stop; a broken promise ends it, and libFuzzer keeps the input."""
    name, *options = arguments
    reader = READERS[name]
    valid = reader.seeds()
    with TemporaryDirectory(prefix="difffit-fuzz-") as parent:
        begin, folder = Path(parent) / "valid", Path(parent) / "in"
        for made in (begin, folder):
            made.mkdir()
        for number, content in enumerate(valid):
            (begin / str(number)).write_bytes(content)
        mutate = partial(mutated, reader, valid)
        atheris.Setup(["fuzz", *options, str(begin)], partial(try_one, reader, folder), custom_mutator=mutate)
        atheris.Fuzz()


def try_one(reader: Reader, folder: Path, content: bytes) -> None:
    """Raise for a broken promise, but of time and memory: instrumented code takes more of both."""
    trial = attempt(reader, content, folder, FLOOR)
    if trial.failure and trial.outcome not in ("slow", "memory"):
        raise AssertionError(trial.failure)


def mutated(reader: Reader, valid: Sequence[bytes], content: bytes, most: int, seed: int) -> bytes:
    """The reader's own damage; libFuzzer's where the content is damaged too far for that."""
    try:
        return reader.mutate(Random(seed), content, valid)[:most]
    except (ValueError, IndexError, RecursionError, EOFError, OSError):
        return bytes(atheris.Mutate(content, most))


if __name__ == "__main__":
    main(sys.argv[1:])
