"""The lock and the pinned versions are one set, and every file of it is known by its content."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
OF_TORCH = {"torch", "sympy", "mpmath"}  # its own index has builds of it, see packaging/README.md


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, tuple[str, int]]:
    """Version and number of hashes by name."""
    entries = re.split(r"\n(?=[a-zA-Z])", (ROOT / "packaging" / "locked.txt").read_text("utf-8"))
    pinned = [entry for entry in entries if "==" in entry.partition("\n")[0]]
    return {
        plain(entry.partition("==")[0]): (
            re.split(r"[ ;\\]", entry.partition("==")[2])[0],
            len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry)),
        )
        for entry in pinned
    }


def test_every_pinned_package_is_locked_in_that_version() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text("utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    versions = {name: version for name, (version, _) in locked().items()}
    assert {plain(name): version for name, version in pinned.items() if name not in OF_TORCH} == versions


def test_every_locked_package_has_the_hashes_of_its_files() -> None:
    assert len(locked()) > 80
    assert all(count > 0 for _, count in locked().values())
