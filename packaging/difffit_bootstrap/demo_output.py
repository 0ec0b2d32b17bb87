"""What the demo leaves behind, and the line that tells the user about it."""

import json
from pathlib import Path

CLOCK_SLACK = 2.0  # seconds: some file systems keep coarse times


def is_fresh(file: Path, started: float) -> bool:
    """Whether a file was written by this run."""
    return file.is_file() and file.stat().st_size > 0 and file.stat().st_mtime >= started - CLOCK_SLACK


def missing_files(folder: Path, started: float) -> list[str]:
    """What the demo promises and did not write since `started` (seconds since 1970)."""
    lacking = [name for name in ("fits.json", "screenshot.png") if not is_fresh(folder / name, started)]
    if not any(is_fresh(file, started) for file in folder.glob("placed/*.cif")):
        lacking.insert(0, "placed/*.cif")
    return lacking


def describe(folder: Path) -> str:
    """What was found, and where it lies."""
    clusters = json.loads((folder / "fits.json").read_text(encoding="utf-8"))["clusters"]
    best = clusters[0]
    score = best["scores"]["correlation_about_mean"]
    return (
        f"{len(clusters)} distinct placements found; the best has {best['hits']} hits and a correlation of {score:.3f}"
        f": {folder / best['file']}\nTable: {folder / 'fits.json'}\nPicture: {folder / 'screenshot.png'}"
    )
