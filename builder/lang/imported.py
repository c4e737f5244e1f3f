"""Which file an imported path stands for."""

from __future__ import annotations

from builder.lang.builtins.opening import opening
from builder.lang.errors import EvalError
from builder.lang.host import Host
from builder.lang.paths import canonical, dir_name

_MOST_LINKS = 1024  # that follow one another


def imported_file(path: str, host: Host) -> str:
    """The file that a path names, or the `default.nix` of a folder.

    Raises `EvalError` for endless links and for what is not there.
    """
    path = _followed(canonical(path), host)
    if host.file_type(path) == "directory":
        path = f"{path.rstrip('/')}/default.nix"
        if host.file_type(path) is None:
            with opening(path):
                host.read_file(path)
    return path


def _followed(path: str, host: Host) -> str:
    """Only links of the last part are followed, so that what the file imports is looked for
    beside where it was found."""
    for _ in range(_MOST_LINKS):
        target = host.link(path)
        if target is None:
            return path
        path = canonical(target if target.startswith("/") else f"{dir_name(path)}/{target}")
    raise EvalError(f"too many symbolic links encountered while traversing the path '{path}'")
