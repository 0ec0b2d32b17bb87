"""What the frozen program does without, and the licences of what it has."""

import shutil
import subprocess
from collections.abc import Iterable
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

Entry = tuple[str, str, str]  # PyInstaller's: name in the bundle, file on this machine, kind

# modules that are imported in corners of libraries where DiffFit never comes, or only to develop it
EXCLUDED_MODULES = (
    "_pytest", "beartype", "charset_normalizer", "dask", "distributed", "fsspec", "hypothesis", "IPython", "joblib",
    "kiwisolver", "matplotlib", "mpl_toolkits", "mpmath", "mypy", "narwhals", "networkx", "pandas", "pip", "psutil",
    "py", "pydoc_data", "pygments", "pylab", "pyqtgraph.opengl", "pytest", "requests", "rich", "setuptools", "sklearn",
    "sympy", "tifffile", "tkinter", "torch._dynamo", "torch._inductor", "torch.onnx",
    "torch.testing._internal.common_utils", "torch.utils.tensorboard", "triton", "urllib3",
)  # fmt: skip
# files, by their name in the bundle
UNUSED_FILES = (
    "*/Qt/plugins/egldeviceintegrations/*", "*/Qt/plugins/generic/*", "*/Qt/plugins/networkinformation/*",
    "*/Qt/plugins/platforms/*eglfs*", "*/Qt/plugins/platforms/*linuxfb*", "*/Qt/plugins/platforms/*minimal*",
    "*/Qt/plugins/platforms/*vkkhr*", "*/Qt/plugins/platforms/*vnc*", "*/Qt/plugins/platformthemes/*gtk3*",
    "*/Qt/plugins/tls/*", "*/Qt/translations/*", "*libQt6EglF*", "*Qt6Network.*", "*QtNetwork.*",
    # what only the plugin for GTK 3 is linked to
    "*libatk-*", "*libcairo*", "*libdatrie*", "*libfribidi*", "*libgdk_pixbuf*", "*libpango*", "*libpixman*",
    "*libthai*",
    # what only Qt's network is linked to
    "*libgssapi*", "*libk5crypto*", "*libkrb5*",
    # what belongs to the system's own graphics driver: with an older one beside it, it does not load
    "*/libgcc_s.so*", "*/libstdc++.so*", "*/libX11.so*", "*/libX11-xcb.so*",
    "*libaoti_custom_ops*", "*libbackend_with_compiler*", "*libjitbackend_test*", "*libtorchbind_test*", "*tbbpool*",
    "*/skimage/data/*",
)  # fmt: skip
# libraries that come with symbols that only a debugger reads; those that auditwheel has rewritten do not survive it
STRIPPED = ("libtorch_cpu.so", "libtorch_python.so", "libllvmlite.so", "libpython3.*.so.*")


def is_needed(entry: Entry) -> bool:
    """Whether a file belongs into the bundle."""
    name = "/" + entry[0].replace("\\", "/")
    return not any(fnmatch(name, pattern) for pattern in UNUSED_FILES)


def distributions_of(modules: Iterable[str]) -> list[str]:
    """The installed distributions, sorted, that these modules come from."""
    owners = packages_distributions()
    return sorted({name for module in modules for name in owners.get(module.split(".")[0], [])})


def stripped(entry: Entry, folder: Path) -> Entry:
    """The same file without debugging symbols, copied to `folder`; as it was where it has few or `strip` is missing."""
    name, source, kind = entry
    if shutil.which("strip") is None or not any(fnmatch(Path(name).name, pattern) for pattern in STRIPPED):
        return entry
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / Path(name).name
    shutil.copy2(source, copy)
    subprocess.run(["strip", "--strip-unneeded", str(copy)], check=True)
    return name, str(copy), kind
