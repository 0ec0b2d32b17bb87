"""What of torch goes into the frozen program; takes the place of the hook that PyInstaller's community keeps.

That one takes everything: headers, tests and compilers. Here PyInstaller follows the imports, and the shared libraries,
which torch loads by path, are listed.
"""

from pathlib import Path

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_dynamic_libs, get_package_paths

patterns = [*PY_DYLIB_PATTERNS, "*.so.*"]  # versioned names, too
manager = Path(get_package_paths("torch")[1], "bin", "torch_shm_manager")  # importing torch fails without it
binaries = [
    *collect_dynamic_libs("torch", search_patterns=patterns),
    *([(str(manager), "torch/bin")] if manager.exists() else []),
]
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]  # torch looks for its libraries beside each other
module_collection_mode = "pyz+py"  # it reads the source of its own settings and overloads
