"""Nobody reads along: neither what is being written, nor autosaves; and a file stays as private as it was."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from difffit_core.document.autosave import begin_autosave
from difffit_core.document.session import Session
from difffit_core.files.atomic_write import atomic_write

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_what_replaces_a_file_is_as_private_before_and_after(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "mine.difffit"
    target.touch()
    target.chmod(mode)
    with atomic_write(target) as stream:
        stream.write(b"secret")
        assert mode_of(Path(stream.name)) == mode
    assert mode_of(target) == mode


@posix
def test_a_new_file_is_as_private_as_the_user_wants_files_to_be(tmp_path: Path) -> None:
    code = "import os, sys; os.umask(0o077); from difffit_core.files.atomic_write import atomic_write\n"
    code += "with atomic_write(sys.argv[1]) as stream: stream.write(b'x')"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "new")], check=True, timeout=60)
    assert mode_of(tmp_path / "new") == 0o600


@posix
def test_autosaves_are_nobody_elses_business(tmp_path: Path) -> None:
    autosave = begin_autosave(tmp_path / "autosave")
    autosave.write(Session(), project=None)
    assert mode_of(tmp_path / "autosave") == 0o700
    autosave.end()
