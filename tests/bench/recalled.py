"""A scan without some of its candidates, from the fits of the scan with them.

What a fit finds depends on the map, the candidate, the settings and the seed, not on the rest of the library. So a scan
of a part of a library need not repeat the fits of a scan of the whole; but which candidates are drawn by lot, which are
promising, and every p-value depend on the library, so all of that is done anew, stage by stage.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from difffit_core.scan.examine import Task, carry_out, earlier_attempts, never
from difffit_core.scan.finding import Finding, read_finding, write_finding


def recalling(results: Path, otherwise: Callable[..., Finding] = carry_out) -> Callable[..., Finding]:
    """Work that takes a search's outcome from a folder of result files, and does what is not there."""

    def work(task: Task, stopped: Callable[[], bool] = never) -> Finding:
        known = read_finding(results / task.result.name)
        if known is None or (known.reason is None and task.preset not in known.attempts):
            return otherwise(task, stopped)
        mine = earlier_attempts(read_finding(task.result), known.sha256)
        attempts = {} if known.reason else {**mine, task.preset: known.attempts[task.preset]}
        finding = replace(known, attempts=attempts)
        write_finding(task.result, finding)
        return finding

    return work
