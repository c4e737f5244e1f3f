"""What can be typed besides expressions: commands that begin with a colon."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from builder.cli.errors import UsageError
from builder.cli.repl.documentation import of_builtin, of_place
from builder.cli.repl.printer import Printer
from builder.cli.repl.scope import Scope, drv_of
from builder.lang.comparison import text_of
from builder.lang.errors import NixError, Note, StackOverflow, nearest
from builder.lang.printing import function_place, function_pos
from builder.lang.source import Pos
from builder.lang.thunks import call, force
from builder.lang.values import Builtin, ContextString, Partial, describe, is_function
from builder.lang.values import Path as NixPath
from builder.store.paths import StorePath

_DEEP = 10_000
_MOST_FUNCTORS = 10_000  # that give one another


class Leave(Exception):
    """The user has seen enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: its names, what it takes ("", "EXPR", "PATH", ...) and what it does."""

    names: tuple[str, ...]
    takes: str
    summary: str
    run: Callable[[Repl, str], None]


@dataclass(slots=True, kw_only=True)
class Repl:
    """The state of one repl."""

    scope: Scope
    colours: bool
    show_trace: bool

    def command(self, text: str) -> None:
        """Carry out a command. Raises `UsageError` for an unknown one."""
        name, _, rest = text.partition(" ")
        command = next((c for c in COMMANDS if name in c.names), None)
        if command is None:
            near = nearest(name, [n for c in COMMANDS for n in c.names])
            raise UsageError(
                f"unknown command '{name}'",
                hint=f"did you mean {near[0]}?" if near else ":? lists the commands",
            )
        if command.takes and not command.takes.startswith("[") and not rest.strip():
            raise UsageError(f"'{name}' needs {command.takes}", hint=command.summary)
        command.run(self, rest.strip())

    def show(self, text: str, *, deep: bool = False) -> None:
        """Print an expression's value."""
        value = self.scope.evaluate(text)
        if deep and isinstance(value, (str, ContextString)):
            print(value.text if isinstance(value, ContextString) else value)
            return
        printer = Printer(colours=self.colours, depth=_DEEP if deep else 1)
        print(self.scope.session.evaluator.run(lambda: printer.text(value)))

    def added(self, count: int) -> None:
        """Tell how many names there are more."""
        print(f"Added {count} variable{'s' if count != 1 else ''}.")


def _help(repl: Repl, _: str) -> None:
    rows = [("<expr>", "evaluate and print an expression"), ("<x> = <expr>", "give it a name")]
    for command in COMMANDS:
        rows.append((f"{', '.join(command.names)} {command.takes}".strip(), command.summary))
    width = max(len(left) for left, _ in rows)
    print("\n".join(f"  {left:<{width}}  {right}" for left, right in rows))


def _build(repl: Repl, text: str) -> dict[str, StorePath]:
    """Build all outputs of a derivation."""
    session = repl.scope.session
    drv = drv_of(repl.scope, repl.scope.evaluate(text))
    path, _ = session.evaluator.coerce_to_string(drv["drvPath"])
    derivation = StorePath.parse(text_of(path))

    def outputs() -> list[str]:
        return [str(force(name)) for name in force(drv.get("outputs", ["out"]))]

    names = session.evaluator.run(outputs)
    realised: Mapping[str, StorePath] = session.realise({derivation: frozenset(names)})[derivation]
    return {name: realised[name] for name in names}


def _build_and_tell(repl: Repl, text: str) -> None:
    built = _build(repl, text)
    print("\nThis derivation produced the following outputs:")
    for name, path in built.items():
        real = repl.scope.session.store.real_path(path)
        print(f"  {name} -> {path}" + ("" if str(real) == str(path) else f" ({real})"))


def _shell(repl: Repl, text: str) -> None:
    """Build a derivation, then a shell that finds its programs."""
    store = repl.scope.session.store
    folders = [str(store.real_path(path) / "bin") for path in _build(repl, text).values()]
    search = os.pathsep.join([*folders, os.environ.get("PATH", "")])
    subprocess.run(
        [os.environ.get("SHELL", "/bin/sh")], env={**os.environ, "PATH": search}, check=False
    )


def _type(repl: Repl, text: str) -> None:
    print(describe(repl.scope.evaluate(text)))


def _place(repl: Repl, text: str) -> tuple[str, int]:
    """The file and line that a value or attribute is written at. Raises `UsageError`."""
    value = repl.scope.evaluate(text)
    if isinstance(value, (str, ContextString)):
        return value.text if isinstance(value, ContextString) else value, 1
    if isinstance(value, NixPath):
        return value.text, 1
    if isinstance(value, dict):
        meta = repl.scope.session.evaluator.run(lambda: force(value.get("meta")))
        if isinstance(meta, dict) and "position" in meta:
            position = str(repl.scope.session.evaluator.force(meta["position"]))
            file, _, line = position.rpartition(":")
            return file, int(line)
    pos = _function_pos(value)
    if pos is not None:
        return pos.file, pos.line
    place = repl.scope.position(text)
    if place is None:
        raise UsageError(f"where this is written is not known: it is {describe(value)}")
    return place[1], place[2]


def _edit(repl: Repl, text: str) -> None:
    place, line = _place(repl, text)
    file = repl.scope.session.host.access.original(place)
    if not file.exists():
        raise UsageError(f"'{place}' is no file that could be edited")
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "nano"
    subprocess.run([*editor.split(), f"+{line}", str(file)], check=False)
    _reload(repl, "")


def _function_pos(value: Any) -> Pos | None:
    native = isinstance(value, (Builtin, Partial))
    return function_pos(value) if is_function(value) and not native else None


def _document(repl: Repl, text: str) -> None:
    value = _applied(repl, repl.scope.evaluate(text))
    builtin = value.builtin if isinstance(value, Partial) else value
    found = of_builtin(builtin.name) if isinstance(builtin, Builtin) else None
    pos = _function_pos(value)
    bound = repl.scope.position(text)
    if pos is not None:
        name = function_place(value).rpartition("@ ")[0].strip()
        about = f"Function `{name}`\n  … defined at {pos}" if name else f"Function defined at {pos}"
        comment = _comment(repl, pos.file, pos.line)
        if comment is None and bound is not None:
            comment = _comment(repl, *bound[1:3])
        found = f"{about}\n\n{comment}" if comment else about
    elif bound is not None and found is None:
        name, file, line, column = bound
        comment = _comment(repl, file, line) or "No documentation found."
        found = f"Attribute `{name}`\n\n  … defined at {file}:{line}:{column}\n\n{comment}"
    if found is None:
        raise UsageError("value does not have documentation")
    print(found)


def _applied(repl: Repl, value: Any) -> Any:
    """A value, or when it is a set with a `__functor` what that makes of it."""

    def made() -> Any:
        found = value
        for _ in range(_MOST_FUNCTORS):
            if not isinstance(found, dict) or "__functor" not in found:
                return found
            found = force(call(found["__functor"], found))
        raise StackOverflow("stack overflow; max-call-depth exceeded")

    try:
        return repl.scope.session.evaluator.run(made)
    except NixError as error:
        told = Note("while partially calling '__functor' to retrieve documentation", None)
        error.trace.insert(0, told)
        raise


def _comment(repl: Repl, file: str, line: int) -> str | None:
    if not file.startswith("/"):
        return None
    return of_place(repl.scope.session.host.access.real(file), line)


def _reload(repl: Repl, _: str) -> None:
    repl.added(repl.scope.reload())


def _trace(repl: Repl, text: str) -> None:
    if text not in ("", "true", "false"):
        raise UsageError(f"':te' takes true or false, and not '{text}'")
    repl.show_trace = not repl.show_trace if not text else text == "true"
    print(f"{'' if repl.show_trace else 'not '}showing error traces")


def _leave(_repl: Repl, _: str) -> None:
    raise Leave


def _add(repl: Repl, text: str) -> None:
    repl.added(repl.scope.add(repl.scope.evaluate(text)))


def _c(names: str, takes: str, summary: str, run: Callable[[Repl, str], Any]) -> Command:
    return Command(names=tuple(names.split()), takes=takes, summary=summary, run=run)


COMMANDS = (
    _c(":a :add", "EXPR", "add a set's attributes as names", _add),
    _c(":b", "EXPR", "build a derivation", _build_and_tell),
    _c(":doc", "EXPR", "show the documentation of a function", _document),
    _c(":e :edit", "EXPR", "open where it is written in $EDITOR", _edit),
    _c(
        ":l :load",
        "PATH",
        "add the names of a file's set",
        lambda r, t: r.added(r.scope.load_file(t)),
    ),
    _c(
        ":lf :load-flake",
        "FLAKE",
        "add the names of a flake's outputs",
        lambda r, t: r.added(r.scope.load_flake(t)),
    ),
    _c(
        ":p :print",
        "EXPR",
        "print all of a value; a string as it is",
        lambda r, t: r.show(t, deep=True),
    ),
    _c(":q :quit", "", "leave", _leave),
    _c(":r :reload", "", "read all files and flakes again", _reload),
    _c(":t", "EXPR", "tell what kind of value it is", _type),
    _c(":te :trace-enable", "[BOOL]", "show whole traces of errors, or not", _trace),
    _c(":u", "EXPR", "build a derivation, then start a shell that finds its programs", _shell),
    _c(":? :help", "", "show this list", _help),
)
