"""Accepts, autosaves and saves over and over in processes that are killed at random moments.

Run by test_project_crashes; a file of its own because it forks, which only a process without threads may do.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from difffit_core.document.autosave import begin_autosave, recoverable
from difffit_core.document.copy_commands import AcceptCopy, RemoveCopy
from difffit_core.document.project_file import open_project, save_project
from difffit_core.document.project_lock import lock_project
from difffit_core.document.session import Session
from tests.document.project_making import real_session

KEPT = 3  # copies: the project is as large at the end as at the beginning


def main(folder: Path, kills: int) -> None:
    """Kill as often as asked for and print what was found."""
    base = real_session(folder, embed_size=40)
    session = accept(accept(base, 1), 2)
    project, autosaves = folder / "my project.difffit", folder / "autosaves"
    autosaves.mkdir()
    save_project(project, session, embed=True)
    rng, saved = random.Random(1), 2
    seen = {"old": 0, "new": 0, "recovered": 0, "lost": 0, "litter": 0, "interrupted": 0}
    for _ in range(kills):
        said = kill_one(rng, lambda told, begin=session: work_for_ever(project, autosaves, begin, told))
        seen["interrupted"] += any(entry.suffix == ".part" for entry in [*folder.iterdir(), *autosaves.iterdir()])
        lock = lock_project(project)
        assert lock is not None, "a dead process still holds the lock"
        session = open_project(project).session
        seen["lost"] += newest(session) not in (max([saved, *said["saved"]]) + late for late in (0, 1))
        seen["old" if newest(session) == saved else "new"] += 1
        saved = newest(session)
        lock.release()
        for recovery in recoverable(autosaves):
            recovered = newest(open_project(recovery.path).session)
            seen["lost"] += recovered not in (max(said["accepted"], default=recovered) + late for late in (0, 1))
            recovery.path.unlink()
            seen["recovered"] += 1
        seen["litter"] += sum(1 for entry in [*folder.iterdir(), *autosaves.iterdir()] if entry.name.startswith("."))
    sys.stdout.write(json.dumps(seen))


def accept(session: Session, number: int) -> Session:
    """One more copy, and the oldest of them gone."""
    copy = replace(session.copies[0], key=f"copy {number}", name=str(number))
    session = AcceptCopy(copy).apply(session)
    return RemoveCopy(session.copies[0].key).apply(session) if len(session.copies) > KEPT else session


def newest(session: Session) -> int:
    """The number of the copy that was accepted last."""
    return int(session.copies[-1].name)


def work_for_ever(project: Path, autosaves: Path, session: Session, told: int) -> None:
    """Accept a copy, autosave, save, and so on; every write that is complete is told through a pipe."""
    lock, autosave = lock_project(project), begin_autosave(autosaves)
    assert lock is not None
    while True:
        session = accept(session, newest(session) + 1)
        autosave.write(session, project=project)
        os.write(told, f"accepted {newest(session)}\n".encode())
        save_project(project, session, embed=True)
        os.write(told, f"saved {newest(session)}\n".encode())


def kill_one(rng: random.Random, work: Callable[[int], None]) -> dict[str, list[int]]:
    """Kill a process that does the work without warning after some milliseconds; returns what it had told."""
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        work(tell)
        os._exit(1)
    os.close(tell)
    time.sleep(rng.uniform(0.002, 0.3))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(hear) as stream:
        lines = [line.split() for line in stream]
    return {what: [int(number) for said, number in lines if said == what] for what in ("accepted", "saved")}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
