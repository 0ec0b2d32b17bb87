"""The documentation as a site: pictures of the running program first, then mkdocs, which refuses broken links."""

import subprocess
from pathlib import Path

from difffit_bootstrap.environment import ROOT

CONFIGURATION = ROOT / "packaging" / "site" / "mkdocs.yml"
SITE = ROOT / "dist" / "docs"
QUIET = {"NO_MKDOCS_2_WARNING": "1"}  # what the theme says about its successor


def build(python: Path, environ: dict[str, str], *, pictures: bool) -> int:
    """Build into dist/docs; returns the exit code."""
    if pictures:
        print("== pictures", flush=True)
        code = subprocess.run(
            [str(python), "-m", "tests.gui.docs_pictures"], cwd=ROOT, env=environ, check=False
        ).returncode
        if code:
            return code
    print("== mkdocs", flush=True)
    code = subprocess.run(command(python, SITE), cwd=ROOT, env={**environ, **QUIET}, check=False).returncode
    if code == 0:
        print(f"The documentation is in {SITE / 'index.html'}.")
    return code


def command(python: Path, folder: Path) -> list[str]:
    """mkdocs into a folder; every warning, such as a link that leads nowhere, is an error."""
    return [str(python), "-m", "mkdocs", "build", "--strict", "--quiet", "-f", str(CONFIGURATION), "-d", str(folder)]
