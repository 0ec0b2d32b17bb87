"""What all tests share: shapes are checked in every call, and the user's own folders stay untouched."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

from tests import shape_checks

ROOT = Path(__file__).parents[1]
CHECKED_PACKAGES = ("data", "files", "fit", "scan")
# numba compiles plain functions only: a module with compiled ones is left unchecked, its callers are not
COMPILED = re.compile(r"^\s*(?:import|from) numba\b|numba_setup|^\s*(?:import|from) triton\b", re.MULTILINE)


def checked_modules(core: Path) -> list[str]:
    """Names of the engine's modules whose annotations are executed.

    One by one, without the packages' `__init__`: naming a package would include the compiled modules in it.
    """
    files = (file for package in CHECKED_PACKAGES for file in sorted((core / package).rglob("*.py")))
    plain = (file for file in files if file.stem != "__init__" and not COMPILED.search(file.read_text("utf-8")))
    return [".".join(file.relative_to(core.parent).with_suffix("").parts) for file in plain]


# at import, hence before any test module imports the engine
install_import_hook(checked_modules(ROOT / "difffit_core"), f"{shape_checks.__name__}.check")


def pytest_configure(config: pytest.Config) -> None:
    """Keep numba's compiled code with pytest's other caches: not the user's, and still there in the next run."""
    os.environ["NUMBA_CACHE_DIR"] = str(config.cache.mkdir("numba") if config.cache else ROOT / ".pytest_cache")


@pytest.fixture(scope="session", autouse=True)
def users_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Settings, data and caches go to a temporary folder: tests neither read nor change the user's."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "LOCALAPPDATA", "APPDATA"):
            patch.setenv(name, str(home / name.lower()))
        yield home


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The larger cases with known answers, which are not part of the project; without them the test is skipped."""
    folder = Path(os.environ.get("DIFFFIT_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "cases.json").exists():
        pytest.skip("needs the larger test data: set DIFFFIT_SHARED_DATA to their folder")
    return folder
