"""Programs run twice, and made small where the two runs differ."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from builder.lang.words import quoted
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


# Which of several arguments too many or too few is named, or of several keys that are no
# store paths, goes by the order in which the reference's process met the names; these it
# knows before any program.
_ITS_OWN = re.compile(
    r"(argument|context key) '(?:success|value|right|wrong|name|version|key|self|type|outPath"
    r"|drvPath|system|builder|outputs|outputName|args|outputHash|outputHashAlgo|outputHashMode|null"
    r"|true|false)'"
)
_ARGUMENT = re.compile(r"(?:argument|context key) '[^']*('[^']*)*'")


# Of several undefined variables the reference names the first in the order in which its
# process met the names of the bindings around them.
_UNDEFINED = re.compile(r"undefined variable '[^']*('[^']*)*'")


# The store that the reference has here keeps no derivations for others to refer to.
_KEEPS_NOTHING = re.compile(
    r"path '/nix/store/\S+' is not valid|operation '\w+' is not supported by store 'dummy'"
)
# What of the machine's own folders cannot be copied: the reference sees other ones.
_MACHINE = re.compile(r"file '/(?:dev|proc|run|tmp|var)/\S+' has an unsupported type")
_ENDLESS = "infinite recursion encountered"


def _untabbed(verdict: Verdict) -> Verdict:
    """The verdict without the widths of tabs, which go by all that the message says before."""
    failure = verdict.failure
    if failure is None:
        return verdict
    return replace(verdict, failure=replace(failure, message=re.sub(" +", " ", failure.message)))


def _same(ours: Verdict, reference: Verdict, places: bool) -> bool:
    if reference.failure is not None and _KEEPS_NOTHING.fullmatch(reference.failure.message):
        return True
    if not same_message(ours.traced, reference.traced) or ours.value != reference.value:
        return False
    if ours.failure is None or reference.failure is None:
        return ours.failure is reference.failure
    both = (ours.failure.message, reference.failure.message)
    if any(all(map(which.fullmatch, both)) for which in (_UNDEFINED, _MACHINE)):
        return True
    # Of a builtin's argument that needs itself the reference does not say where it stands.
    nowhere = both[1] == _ENDLESS and reference.failure.place is None
    own = _ITS_OWN.search(both[1])
    # Of a set or a function that is evaluated already `floor` and `ceil` say where it is written.
    nowhere |= both[1].startswith("expected a float but found a") and ours.failure.place is None
    nowhere |= own is not None and own[1] == "context key"  # each key has its own place
    if places and ours.failure.place != reference.failure.place and not nowhere:
        return False
    if "elided»" in both[0] and "«thunk»" in both[1]:
        # A part that is shown uses up what else would be.
        both = (re.split(r"[\[{]", both[0])[0], re.split(r"[\[{]", both[1])[0])
    if own:
        both = (_ARGUMENT.sub("", both[0]), _ARGUMENT.sub("", both[1]))
    return same_message(*both)


def _read(text: str) -> str:
    """What a literal string holds that has escapes but no expressions."""
    escapes = {"n": "\n", "r": "\r", "t": "\t"}
    return re.sub(r"\\(.)", lambda found: escapes.get(found[1], found[1]), text, flags=re.DOTALL)


def _otherwise(nix: Nix, program: Node) -> Iterator[Verdict]:
    """The reference's verdicts when it has met the program's names in other orders.

    It forces sets, and binds variables, in the order in which its process first met the
    names; we force sets in that of the alphabet and bind in that of the text. The first
    verdict is for the alphabet, the second for the text.
    """
    words = set(re.findall(r"[A-Za-z_][\w'-]*|/[\w./-]+|[\w. /-]+", str(program)))
    words |= set(re.findall(r'"([^"\\$]*)"', str(program)))
    words |= set(re.findall(r"\d+", str(program)))
    words |= {one + two for one in words for two in words if len(one) < 6 and len(two) < 6}
    words |= {_read(text) for text in re.findall(r'"((?:[^"\\$]|\\.)*)"', str(program))}
    listed = " ".join(f"{quoted(word)} = 0;" for word in sorted(words, key=str.encode))
    for before in (f"let order = _: {{ {listed} }}; in\n", "\n"):
        with tempfile.TemporaryDirectory(prefix="neve-fuzz-") as name:
            file = Path(name) / "0.nix"
            file.write_text(f"{before}{program}", encoding="utf-8")
            made = judge(nix, [file], prelude=False)[0]
        failure = made.failure
        if failure is not None and failure.place is not None:
            line, column = failure.place
            made = replace(made, failure=replace(failure, place=(line - 1, column)))
        yield made


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
            if verdict.value is None and verdict.failure is None:
                continue  # it does not end, or not soon
            ours = evaluate(str(program), name, str(file))
            tabs = "\t" in str(program) or "\\t" in str(program)
            pair = (_untabbed(ours), _untabbed(verdict)) if tabs else (ours, verdict)
            if not _same(*pair, places) and not any(
                _same(ours, other, places) for other in _otherwise(nix, program)
            ):
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
