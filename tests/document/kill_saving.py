"""Saves a project over and over in processes that are killed at random moments; run by test_project_crashes.

A file of its own because it forks, which only a process without threads may do.
"""

import json
import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from difffit_core.document.autosave import begin_autosave, recoverable
from difffit_core.document.project_file import open_project, save_project
from difffit_core.document.project_lock import lock_project
from difffit_core.document.session import Session
from tests.document.project_making import real_session


def main(folder: Path, kills: int) -> None:
    """Kill as often as asked for and print what was found."""
    session = real_session(folder, embed_size=40)
    old, new = session, replace(session, copies=session.copies[:1])
    project, autosaves = folder / "my project.difffit", folder / "autosaves"
    autosaves.mkdir()
    save_project(project, old, embed=True)
    rng, seen = random.Random(1), {"old": 0, "new": 0, "recovered": 0, "litter": 0, "interrupted": 0}
    for _ in range(kills):
        kill_one(rng, lambda: save_for_ever(project, autosaves, (old, new)))
        seen["interrupted"] += any(entry.suffix == ".part" for entry in folder.iterdir())
        lock = lock_project(project)
        assert lock is not None, "a dead process still holds the lock"
        opened = open_project(project).session
        seen["old" if opened == old else "new" if opened == new else "neither"] += 1
        lock.release()
        for recovery in recoverable(autosaves):
            assert open_project(recovery.path).session in (old, new)
            recovery.path.unlink()
            seen["recovered"] += 1
        seen["litter"] += sum(1 for entry in [*folder.iterdir(), *autosaves.iterdir()] if entry.name.startswith("."))
    sys.stdout.write(json.dumps(seen))


def save_for_ever(project: Path, autosaves: Path, sessions: tuple[Session, ...]) -> None:
    """Save and autosave, one version after the other."""
    lock, autosave = lock_project(project), begin_autosave(autosaves)
    assert lock is not None
    while True:
        for session in sessions:
            save_project(project, session, embed=True)
            autosave.write(session, project=project)


def kill_one(rng: random.Random, work) -> None:
    """Start the work in a process of its own and kill it without warning after some milliseconds."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(1)
    time.sleep(rng.uniform(0.002, 0.15))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
