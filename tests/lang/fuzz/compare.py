"""Programs run twice, and made small where the two runs differ."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
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


# The store that the reference has here keeps no derivations for others to refer to.
_KEEPS_NOTHING = re.compile(
    r"path '/nix/store/\S+' is not valid|operation '\w+' is not supported by store 'dummy'"
)
# What of the machine's own folders cannot be copied: the reference sees other ones.
_MACHINE = re.compile(r"file '/(?:dev|proc|run|tmp|var)/\S+' has an unsupported type")
# We evaluate what `flakeRefToString` is given.
_PUT_OFF = re.compile(
    "flake reference attribute sets may only contain integers, Booleans, and strings, but "
    "attribute '.*' is a thunk"
)
# The reference meets the names of a TOML text in the order of a hash table.
_FIRST_OF_SOME = re.compile(r"(argument|context key) '[^']*('[^']*)*'")
# The reference looks at the lower bits of an index, and then at memory that is not the list's.
_FAR = re.compile(r"'builtins.elemAt' called with index \d{10,} on a list of size \d+")
# The reference's own process ended.
_CRASHED = re.compile(r"Assertion `.*' failed")
_ENDLESS = "infinite recursion encountered"


def _untabbed(verdict: Verdict) -> Verdict:
    """The verdict without the widths of tabs, which go by all that the message says before."""
    failure = verdict.failure
    if failure is None:
        return verdict
    return replace(verdict, failure=replace(failure, message=re.sub(" +", " ", failure.message)))


def _unnamed(verdict: Verdict) -> Verdict:
    """The verdict without the name that it gives of several; see `_FIRST_OF_SOME`."""
    failure = verdict.failure
    if failure is None:
        return verdict
    message = _FIRST_OF_SOME.sub(r"\1", failure.message)
    return replace(verdict, failure=replace(failure, message=message))


def _same(ours: Verdict, reference: Verdict, places: bool) -> bool:
    if reference.failure is not None:
        message = reference.failure.message
        if _KEEPS_NOTHING.fullmatch(message) or _PUT_OFF.fullmatch(message):
            return True
    if not same_message(ours.traced, reference.traced) or ours.value != reference.value:
        return False
    if ours.failure is None or reference.failure is None:
        return ours.failure is reference.failure
    both = (ours.failure.message, reference.failure.message)
    if all(map(_MACHINE.fullmatch, both)):
        return True
    # Of a builtin's argument that needs itself the reference does not say where it stands.
    nowhere = both[1] == _ENDLESS and reference.failure.place is None
    # Of a set or a function that is evaluated already `floor` and `ceil` say where it is written.
    nowhere |= both[1].startswith("expected a float but found a") and ours.failure.place is None
    if places and ours.failure.place != reference.failure.place and not nowhere:
        return False
    if "elided»" in both[0] and "«thunk»" in both[1]:
        # A part that is shown uses up what else would be.
        both = (re.split(r"[\[{]", both[0])[0], re.split(r"[\[{]", both[1])[0])
    return same_message(*both)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How programs are compared: their traced lines, the printed value and the error's text.

    With `places` also the line and column that the error names. With `alone` each has a
    process of the reference's own; otherwise only those have that end differently after
    others, whose names it had met then.
    """

    nix: Nix
    places: bool = False
    alone: bool = False

    def differences(self, programs: Sequence[Node]) -> list[Difference]:
        """The programs that end otherwise with us than with the real Nix."""
        with tempfile.TemporaryDirectory(prefix="neve-fuzz-") as name:
            files = [Path(name) / f"{index}.nix" for index in range(len(programs))]
            for file, program in zip(files, programs, strict=True):
                file.write_text(str(program), encoding="utf-8")
            verdicts = None if self.alone else judge(self.nix, files)
            found = []
            for index, (file, program) in enumerate(zip(files, programs, strict=True)):
                ours = _Ours(program, file)
                if verdicts is not None and ours.ends_as(verdicts[index], self.places):
                    continue
                verdict = judge(self.nix, [file])[0]
                if not ours.ends_as(verdict, self.places):
                    made = Difference(program=program, ours=ours.verdict, reference=verdict)
                    found.append(made)
            return found

    def minimise(self, found: Difference, rounds: int = 60) -> Difference:
        """A program as small as replacing its parts makes it that still differs."""
        for _ in range(rounds):
            candidates = sorted(smaller(found.program), key=Node.size)
            for start in range(0, len(candidates), 25):
                left = self.differences(candidates[start : start + 25])
                if left:
                    found = left[0]
                    break
            else:
                return found
        return found


class _Ours:
    """A program that we run when our verdict is first needed."""

    def __init__(self, program: Node, file: Path) -> None:
        self._text = str(program)
        self._file = file

    @cached_property
    def verdict(self) -> Verdict:
        return evaluate(self._text, str(self._file.parent), str(self._file))

    def ends_as(self, reference: Verdict, places: bool) -> bool:
        if reference.value is None and reference.failure is None:
            return True  # it does not end, or not soon
        if self.verdict.failure is not None and _FAR.fullmatch(self.verdict.failure.message):
            return True
        if reference.failure is not None and _CRASHED.search(reference.failure.message):
            return True
        both = (self.verdict, reference)
        if "\t" in self._text or "\\t" in self._text:
            both = (_untabbed(both[0]), _untabbed(both[1]))
        if "fromTOML" in self._text:
            both = (_unnamed(both[0]), _unnamed(both[1]))
        return _same(*both, places)
