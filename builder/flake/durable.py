"""Files that are replaced at once and for good."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Let the file at `path` hold `text`: whoever reads it sees the old or the new one, also
    when several write it, and after the power failed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fchmod(handle, 0o644)
        os.fsync(handle)
    Path(name).replace(path)
