"""Sentences that page and Markdown share: what it was measured on, and how."""

from pathlib import Path
from typing import Any


def machine_sentence(report: dict[str, Any]) -> str:
    """Where and when the run took place, and how busy the machine was."""
    machine = report["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    loads = [machine.get("load_average"), machine.get("load_average_at_end")]
    busy = " and ".join(f"{load:.1f}" for load in loads if load is not None)
    load = f" Load average at the beginning and the end: {busy}." if busy else ""
    return (
        f"{report['created'][:10]}, {machine['cores']} cores of {machine['processor']}, {machine['system']}, "
        f"Python {machine['python']}, {packages}.{load}"
    )


def command_of(report: dict[str, Any]) -> str:
    """The command of a run, with files by their names alone."""
    return " ".join(Path(word).name if Path(word).is_absolute() else word for word in report["command"])


def notes() -> list[str]:
    """How every figure comes about."""
    return [
        "A structure is moved to a random place far away, then fitted by `difffit fit` with its defaults in a process "
        "of its own. Seconds, CPU seconds and peak memory are those of the whole process, its start included; "
        "*fit s* is what the program itself reports, reading and writing included.",
        "A placement is true when its centroid lies within 3 Å and its rotation within 6° of a known place. A case "
        "passes when a true placement comes first, close enough, and all required copies are among the clusters.",
        "Baseline: the published objective in plain torch, 1000 starts, 201 iterations, all atoms, the filtered map "
        "and three smoothed levels (four volumes; were it three, it would take no less than three quarters of it). "
        "Where fewer iterations were run, its time is scaled linearly. Its seconds leave out reading and the start of "
        "the process; ours in *fit s* include reading and writing, and our CPU seconds the start of the process.",
        "Other programs: PowerFit with its defaults; pyTME with the score CAM, which on the sample took half the time "
        "of FLC for the same answers, and a band-pass from 40 to 8 Å, without which its peaks lay at the walls. An "
        "answer counts when it is turned by no more than the angle between the orientations that the program tries. "
        "Each is run from one random place; from another one, coarse angles can hit or miss.",
        "Growth: atoms are copies of a haemoglobin chain, packed into a body of five lobes, in a map at 6 Å; voxels a "
        "cubic map at 1.5 Å per voxel with a ball of copies of the chain, half as wide as the map; starts and "
        "structures the bundled sample.",
        "CPU seconds are added up over the cores. Other programs on the machine disturb them less than the clock: with "
        "more processes than cores (see the load average), compare CPU seconds.",
        "`evaluate`: 1000 poses of 1000 points scattered over a map, the least of 15 calls on all cores.",
    ]
