"""python -m tests.bench.confidence.plot FITS.json FIGURE.svg: what confidences controls and true placements get."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy import ndarray


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the figure of a file that `python -m tests.bench.confidence` wrote."""
    source, target = list(sys.argv[1:] if arguments is None else arguments)
    rows = json.loads(Path(source).read_text())
    plt.switch_backend("svg")
    plt.rcParams["svg.hashsalt"] = "difffit"  # the same figures give the same file
    figure, axes = plt.subplots(figsize=(7.0, 4.2), layout="constrained")
    doubt = np.logspace(-4, 0, 200)
    for kind, colour in (
        ("absent", "#8fa3bf"),
        ("mirrored", "#d08a3c"),
        ("scrambled", "#b0589b"),
        ("removed", "#5b8c5a"),
    ):
        axes.plot(doubt, share(rows, doubt, kind), color=colour, label=f"{kind} ({count(rows, kind)} fits)")
    axes.plot(
        doubt, share(rows, doubt, "present"), color="#2e6ded", lw=2.5, label=f"present ({count(rows, 'present')} fits)"
    )
    axes.plot(doubt, doubt, color="0.6", ls=":", label="controls if the confidence were exact")
    axes.set(
        xscale="log",
        xlabel="1 − confidence",
        ylabel="share of fits at least so confident",
        xlim=(1e-4, 1),
        ylim=(-0.02, 1.02),
    )
    axes.axvline(0.01, color="0.8", lw=1, zorder=0)
    axes.legend(frameon=False, fontsize=9, loc="lower left", bbox_to_anchor=(0.3, 0.08))
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(target, metadata={"Date": None})
    return 0


def count(rows: list[dict[str, Any]], kind: str) -> int:
    """How many fits are of a kind."""
    return sum(row["kind"] == kind for row in rows)


def share(rows: list[dict[str, Any]], doubt: ndarray, kind: str) -> ndarray:
    """Share of the fits of a kind whose best cluster is doubted no more than each bound."""
    values = np.array([1 - row["confidence"] for row in rows if row["kind"] == kind])
    return (values[None, :] <= doubt[:, None]).mean(axis=1)


if __name__ == "__main__":
    sys.exit(main())
