"""Programs run twice, and made small where the two runs differ."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.lang.fuzz.program import Node, smaller
from tests.lang.ours import evaluate
from tests.reference.judge import Verdict, judge, same_message
from tests.reference.nix import Nix


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A program with our verdict and the reference's."""

    program: Node
    ours: Verdict
    reference: Verdict


# Which of several arguments too many or too few is named goes by the order in which
# the reference's process met the names; these it knows before any program.
_ITS_OWN = re.compile(r"argument '(?:success|value|right|wrong|name|version|key|self|type)'")
_ARGUMENT = re.compile(r"argument '[^']*('[^']*)*'")


# Of several undefined variables the reference names the first in the order in which its
# process met the names of the bindings around them.
_UNDEFINED = re.compile(r"undefined variable '[^']*('[^']*)*'")


def _untabbed(verdict: Verdict) -> Verdict:
    """The verdict without the widths of tabs, which go by all that the message says before."""
    failure = verdict.failure
    if failure is None:
        return verdict
    return replace(verdict, failure=replace(failure, message=re.sub(" +", " ", failure.message)))


def _same(ours: Verdict, reference: Verdict, places: bool) -> bool:
    if not same_message(ours.traced, reference.traced) or ours.value != reference.value:
        return False
    if ours.failure is None or reference.failure is None:
        return ours.failure is reference.failure
    both = (ours.failure.message, reference.failure.message)
    if all(map(_UNDEFINED.fullmatch, both)):
        return True
    if places and ours.failure.place != reference.failure.place:
        return False
    if "elided»" in both[0] and "«thunk»" in both[1]:
        # A part that is shown uses up what else would be.
        both = (re.split(r"[\[{]", both[0])[0], re.split(r"[\[{]", both[1])[0])
    if _ITS_OWN.search(both[1]):
        both = (_ARGUMENT.sub("", both[0]), _ARGUMENT.sub("", both[1]))
    return same_message(*both)


def _in_order(nix: Nix, program: Node) -> Verdict:
    """The reference's verdict once it has met all names in the order of the alphabet.

    It forces sets in the order in which its process first met the names, we in that of
    the alphabet; the judge's own prelude knows few names.
    """
    words = set(re.findall(r"[A-Za-z_][\w'-]*|/[\w./-]+|[\w. /-]+", str(program)))
    words |= set(re.findall(r'"([^"\\$]*)"', str(program)))
    words |= set(re.findall(r"\d+", str(program)))
    words |= {one + two for one in words for two in words if len(one) < 6 and len(two) < 6}
    listed = " ".join(f'"{word}" = 0;' for word in sorted(words, key=str.encode))
    with tempfile.TemporaryDirectory(prefix="neve-fuzz-") as name:
        file = Path(name) / "0.nix"
        file.write_text(f"let order = _: {{ {listed} }}; in\n{program}", encoding="utf-8")
        made = judge(nix, [file], prelude=False)[0]
    failure = made.failure
    if failure is None or failure.place is None:
        return made
    line, column = failure.place
    return replace(made, failure=replace(failure, place=(line - 1, column)))


def differences(nix: Nix, programs: Sequence[Node], *, places: bool = False) -> list[Difference]:
    """The programs that end otherwise with us than with the real Nix.

    The traced lines, the printed value and the error's text are compared, and
    with `places` also the line and column that it names.
    """
    with tempfile.TemporaryDirectory(prefix="neve-fuzz-") as name:
        folder = Path(name)
        files = []
        for index, program in enumerate(programs):
            files.append(folder / f"{index}.nix")
            files[-1].write_text(str(program), encoding="utf-8")
        verdicts = judge(nix, files)
        found = []
        for program, file, verdict in zip(programs, files, verdicts, strict=True):
            ours = evaluate(str(program), name, str(file))
            tabs = "\t" in str(program) or "\\t" in str(program)
            pair = (_untabbed(ours), _untabbed(verdict)) if tabs else (ours, verdict)
            if not _same(*pair, places) and not _same(ours, _in_order(nix, program), places):
                found.append(Difference(program=program, ours=ours, reference=verdict))
        return found


def minimise(nix: Nix, found: Difference, *, places: bool = False, rounds: int = 60) -> Difference:
    """A program as small as replacing its parts makes it that still differs."""
    for _ in range(rounds):
        candidates = sorted(smaller(found.program), key=Node.size)
        for start in range(0, len(candidates), 25):
            left = differences(nix, candidates[start : start + 25], places=places)
            if left:
                found = left[0]
                break
        else:
            return found
    return found
