"""Compiles the files of the language that an installation brings, as pip does Python's.

``python -m builder.modules.precompile FOLDER``: every file below the folder, for
evaluations in pure mode, which is how flakes are evaluated.
"""

from __future__ import annotations

import sys
from pathlib import Path

from builder.lang.cache import installed_code
from builder.lang.localhost import LocalHost
from builder.modules.session import module_evaluator


def precompile(folder: Path, into: Path) -> int:
    """Compile all files below `folder` into a folder of compiled files; how many there were.

    Raises `NixError` for one that is no expression.
    """
    # This host knows as little of the machine as pure mode does: the same names are bound.
    evaluator = module_evaluator(LocalHost(), into)
    files = sorted(folder.rglob("*.nix"))
    for file in files:
        evaluator.compile_file(str(file))
    return len(files)


if __name__ == "__main__":
    precompile(Path(sys.argv[1]).absolute(), installed_code())
