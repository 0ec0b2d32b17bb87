"""Ctrl-C on a real process: exit code 130, and what was found is kept."""

import json
import signal
import subprocess
import sys
import time

import pytest

from difffit_core.files.samples import load_sample

SAMPLE = load_sample()
COMMAND = [sys.executable, "-c", "import sys; from difffit_core.cli import main; sys.exit(main(sys.argv[1:]))"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals reach other processes differently there")
def test_cancelling_keeps_what_was_found(tmp_path):
    out = tmp_path / "out"
    arguments = ["fit", SAMPLE.map_path, *[s.path for s in SAMPLE.structures], "--preset", "exhaustive"]
    arguments += ["--starts", "50000", "-o", out]
    process = subprocess.Popen([*COMMAND, *map(str, arguments)], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stderr is not None
    process.stderr.readline()  # the suggested level is announced when the fit begins
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors.decode()
    assert b"Traceback" not in errors
    if out.joinpath("fits.json").exists():
        assert json.loads((out / "fits.json").read_text())["clusters"]
