"""The log of a build, in its file and in the message of its failure."""

from __future__ import annotations

import bz2
import os
import shutil
from pathlib import Path

from builder.realise.job import Job
from builder.realise.plain_text import plain_lines

_SHORT = 1 << 20  # bytes
_WIDEST = 1000  # characters of a line that is shown


def compress(file: Path) -> None:
    """A log that nobody waits for is kept small, as Nix keeps it."""
    if file.stat().st_size:
        target = file.with_name(f"{file.name}.bz2")
        aside = target.with_name(f".{target.name}.{os.getpid()}")
        with file.open("rb") as plain, bz2.open(aside, "wb") as small:
            shutil.copyfileobj(plain, small)
        aside.rename(target)
        file.unlink()


def shorten(file: Path) -> None:
    """Keep the beginning of a log that may have filled the disk."""
    if file.is_file() and file.stat().st_size > _SHORT:
        os.truncate(file, _SHORT)


def message(job: Job, reason: str, file: Path) -> str:
    """What a user is told of a build that failed: why, and the log's last lines."""
    lines, is_all = _last_lines(file)
    last = lines[-job.settings.log_lines :]
    text = f"builder for '{job.drv}' failed: {reason}"
    if last:
        shown = "\n".join(f"  > {_narrow(line)}" for line in last)
        text += f"\nlast {len(last)} log lines:\n{shown}"
        if len(lines) > len(last) or not is_all:
            text += f"\nfor the full log, run: neve log {job.drv}"
    return text


def _last_lines(file: Path) -> tuple[list[str], bool]:
    """The last lines of a log, and whether they are all."""
    if not file.is_file():
        return [], True
    with file.open("rb") as source:
        begin = max(0, file.stat().st_size - _SHORT)
        source.seek(begin)
        return plain_lines(source.read().decode("utf-8", "replace")), begin == 0


def _narrow(line: str) -> str:
    return line if len(line) <= _WIDEST else f"{line[:_WIDEST]}…"
