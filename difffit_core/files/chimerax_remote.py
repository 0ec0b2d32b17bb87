"""Commands for a ChimeraX that runs already and listens: `remotecontrol rest start port N` in its command line."""

import json
import re
from collections.abc import Iterable
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from difffit_core.errors import DiffFitError

PORT = 60_958  # the one that ChimeraX's own documentation uses in its examples
PATIENCE = 60.0  # seconds: opening a large map takes some


def first_free_model(port: int) -> int:
    """The lowest number above those of all models that are open there."""
    numbers = [int(number) for number in re.findall(r"#(\d+)", _run("info models", port))]
    return max(numbers, default=0) + 1


def send_commands(commands: Iterable[str], port: int) -> None:
    """Carry out commands there, one after the other; a sentence when ChimeraX does not answer or refuses one."""
    for command in commands:
        _run(command, port)


def _run(command: str, port: int) -> str:
    opener = build_opener(ProxyHandler({}))  # it is this computer, whatever the network needs
    try:
        with opener.open(f"http://127.0.0.1:{port}/run?{urlencode({'command': command})}", timeout=PATIENCE) as answer:
            text: str = answer.read().decode("utf-8", "replace")
    except HTTPError as cause:
        raise DiffFitError(f"ChimeraX at port {port} refuses: {cause.reason}; look at its log.") from cause
    except (URLError, OSError) as cause:
        raise DiffFitError(
            f"No ChimeraX answers at port {port}; type there: remotecontrol rest start port {port}"
        ) from cause
    _raise_refusal(text)
    return text


def _raise_refusal(text: str) -> None:
    """With `json true` ChimeraX says what went wrong; else its log does."""
    try:
        answer = json.loads(text)
    except ValueError:
        return
    error = answer.get("error") if isinstance(answer, dict) else None
    if error:
        message = error.get("message", error) if isinstance(error, dict) else error
        raise DiffFitError(f"ChimeraX cannot do this: {message}")
