"""What the program's own source never does: run strings, unpickle, measure time by the calendar."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(
    path for folder in ("app", "difffit_core", "packaging/difffit_bootstrap") for path in (ROOT / folder).rglob("*.py")
)
RUNNERS = {"run", "Popen", "call", "check_call", "check_output"}
FORBIDDEN = {
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "eval",
    "exec",
    "tempfile.mktemp",
}
UNPICKLERS = {"pickle", "shelve", "marshal", "dill", "cloudpickle"}
# measures rival programs in processes of their own, which hand back what they found
MAY_UNPICKLE = {"difffit_core/bench/peer_programs.py", "difffit_core/bench/peers.py"}
CALENDAR = {"difffit_bootstrap/tasks.py"}  # compares with the dates of files


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def runs_a_string(name: str, call: ast.Call) -> bool:
    if name in FORBIDDEN:
        return True
    if not name.startswith("subprocess.") or name.rpartition(".")[2] not in RUNNERS:
        return False
    return any(k.arg == "shell" for k in call.keywords) or isinstance(call.args[0], ast.Constant | ast.JoinedStr)


def test_no_string_is_ever_run() -> None:
    found = [f"{path}:{call.lineno}" for path in SHIPPED for name, call in calls(path) if runs_a_string(name, call)]
    assert found == []
    assert runs_a_string("subprocess.run", ast.parse("subprocess.run('ls', shell=True)").body[0].value)  # type: ignore[attr-defined]


def test_nothing_is_unpickled() -> None:
    found = set()
    for path in SHIPPED:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {path.relative_to(ROOT).as_posix() for name in names if name.partition(".")[0] in UNPICKLERS}
        found |= {
            path.relative_to(ROOT).as_posix()
            for name, call in calls(path)
            if name in ("np.load", "numpy.load") and not any(k.arg == "allow_pickle" for k in call.keywords)
        }
    assert found <= MAY_UNPICKLE


def test_durations_never_depend_on_the_calendar() -> None:
    """A clock that is set, or a laptop that slept, changes neither progress nor time limits."""
    users = {
        path.as_posix()
        for path in SHIPPED
        for name, _ in calls(path)
        if name in ("time.time", "datetime.now().timestamp")
    }
    assert {user for user in users if not any(user.endswith(known) for known in CALENDAR)} == set()
