"""What the real Nix says about programs, many in one process."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.reference.nix import Nix, Ran

_PATIENCE = 60.0  # seconds for up to 500 programs, which take about two
_MARK = "@end-of-program@"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Programs have other names for the reference than for us, which the warnings tell of `or` as
# a variable; tests/lang/test_cursed_or.py compares those.
_OR_WARNING = re.compile(
    r"warning: at .*This expression uses `or` as an identifier(?:.*\n)+?Give feedback at .*\n"
)
_PLACE = re.compile(r"\s+at (.+):(\d+):(\d+):$")
# What an error line ends with that only helps: nearest names. Nix's and ours
# may name different ones, so comparisons leave these lines out.
_HINT = re.compile(r"\s+Did you mean .*\?$")
# Parts of printed values, each whole in itself.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|«[^»]*»|[{}\[\]]|[^\s;"«{}\[\]]+', re.DOTALL)
_THUNK, _REPEATED = "«thunk»", "«repeated»"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error: the text after ``error:``, and the line and column that it names, if any."""

    message: str
    place: tuple[int, int] | None

    def __str__(self) -> str:
        where = "" if self.place is None else f" @ {self.place[0]}:{self.place[1]}"
        return f"error: {self.message}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a program ended: what is printed for its value, or its failure.

    `traced` is what was written to standard error while it ran. With neither a value nor a
    failure it did not end in time.
    """

    value: str | None
    failure: Failure | None
    traced: str
    text: str = ""  # the whole message of a failure

    def __str__(self) -> str:
        return str(self.failure) if self.value is None else self.value


def read_failure(text: str) -> Failure:
    """The last error in a message laid out as Nix does, with or without a trace."""
    lines = _COLOUR.sub("", text).rstrip("\n").split("\n")
    starts = [index for index, line in enumerate(lines) if re.match(r"\s*error: ", line)]
    if not starts:
        return Failure(message=text.strip(), place=None)
    first = starts[-1]
    indent = "       "
    message = [lines[first].split("error: ", 1)[1]]
    place = None
    for line in lines[first + 1 :]:
        found = _PLACE.match(line)
        if found:
            place = (int(found[2]), int(found[3]))
            break
        if line.startswith("Try 'nix-"):  # it takes some errors for wrong command lines
            break
        if not _HINT.match(line):
            message.append(line.removeprefix(indent))
    return Failure(message="\n".join(message).rstrip(), place=place)


def same_message(ours: str, reference: str) -> bool:
    """Whether two errors' texts say the same.

    The reference makes a thunk of every list, set and function inside another
    value and shows it as ``«thunk»`` until something forced it. We make none and
    show the value: our text may have any list, set or function there.
    What it shows later for the first time may be ``«repeated»`` in ours then.
    """
    at, there, put_off = 0, 0, False
    while at < len(ours) and there < len(reference):
        if reference.startswith(_THUNK, there):
            at, there, put_off = _end_of_value(ours, at), there + len(_THUNK), True
        elif put_off and ours.startswith(_REPEATED, at):
            at, there = at + len(_REPEATED), _end_of_value(reference, there)
        elif ours[at] == reference[there]:
            at, there = at + 1, there + 1
        else:
            return False
    return at == len(ours) and there == len(reference)


def _end_of_value(text: str, start: int) -> int:
    """Where the printed value that begins at `start` ends."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth <= 0:
            return token.end() if depth == 0 else token.start()
    return len(text)


def judge(
    nix: Nix,
    programs: Sequence[Path],
    *options: str,
    see: Sequence[Path] = (),
    deep: bool = True,
) -> list[Verdict]:
    """Evaluate each program (a file) and tell how it ended, in order.

    The real Nix takes several files and stops at the first that fails, so it
    is started once and again after each failure. It goes through sets in the order in which
    its process met the names (see `builder.lang.symbols`), so a program that comes after others
    may end otherwise than alone. `deep` forces whole values.
    """
    verdicts: list[Verdict] = []
    folders = {path.parent for path in programs}
    mark = nix.home / "mark.nix"
    if not mark.exists():  # another process may be reading it
        fresh = mark.with_suffix(f".{os.getpid()}")
        fresh.write_text(f'builtins.trace "{_MARK}" "{_MARK}"')
        fresh.replace(mark)
    command = ["nix-instantiate", "--store", "dummy://", "--eval", *options]
    command += ["--option", "allow-import-from-derivation", "false"]
    command += ["--strict"] if deep else []
    while len(verdicts) < len(programs):
        rest = programs[len(verdicts) : len(verdicts) + 500]
        files = [name for path in rest for name in (str(path), "/etc/mark.nix")]
        try:
            ran = nix.run(*command, *files, see=[*folders, *see], timeout=_PATIENCE)
        except subprocess.TimeoutExpired as late:
            texts = (text or b"" for text in (late.stdout, late.stderr))
            out, err = (text.decode("utf-8", "surrogateescape") for text in texts)
            made = _read(Ran(status=-1, out=out, err=err), len(rest))
            verdicts.extend(verdict for verdict in made if verdict.failure is None)
            verdicts.append(Verdict(value=None, failure=None, traced=""))
            continue
        verdicts.extend(_read(ran, len(rest)))
    return verdicts


def without_or(traced: str) -> str:
    """What was traced, without the warnings about `or` as a variable."""
    return _OR_WARNING.sub("", traced)


def _read(ran: Ran, count: int) -> list[Verdict]:
    traced = without_or(ran.err).split(f"trace: {_MARK}\n")
    values = ran.out.split(f'\n"{_MARK}"\n')
    done = len(traced) - 1
    made = [
        Verdict(value=values[index], failure=None, traced=traced[index]) for index in range(done)
    ]
    if done < count:
        text = traced[done]
        start = text.find("error:") if not text.startswith("error:") else 0
        start = max(start, 0)
        made.append(
            Verdict(
                value=None,
                failure=read_failure(text[start:]),
                traced=text[:start],
                text=text[start:],
            )
        )
    return made
