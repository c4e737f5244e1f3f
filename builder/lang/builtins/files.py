"""Files and paths."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, TypeVar

from builder.lang import embedded_files
from builder.lang.argument_notes import line
from builder.lang.builtins.derivations import imported
from builder.lang.builtins.hashing import assumed, parse_hash
from builder.lang.builtins.opening import allowed, opening
from builder.lang.builtins.strings import from_bytes, to_bytes
from builder.lang.builtins.table import World, insist_absolute, text_and_context
from builder.lang.coerce import absent, make_string
from builder.lang.context import BuiltOutput, DeepDerivation, Element, PlainPath
from builder.lang.errors import EvalError, ForbiddenPath, NixError, ThrownError, nearest
from builder.lang.expect import (
    optional_in,
    want_attrs,
    want_bool,
    want_for,
    want_function,
    want_plain,
    want_string,
)
from builder.lang.operators import missing
from builder.lang.paths import base_name, canonical, dir_name
from builder.lang.symbols import in_order
from builder.lang.thunks import call, force, place_in
from builder.lang.values import Builtin, Path

_HASH = 32  # letters at the beginning of a store path's name, by which it is found in a file


T = TypeVar("T")


def _filter(function: Any) -> Callable[[str, str], bool]:
    doing = "while evaluating the return value of the path filter function"

    def keeps(path: str, kind: str) -> bool:
        return want_for(doing, call(function, path, kind), want_bool)

    return keeps


def _rank(element: Element) -> tuple[int, str, str]:
    """The place of an element among those of a context: plain paths first, outputs last."""
    kind = (PlainPath, DeepDerivation, BuiltOutput).index(type(element))
    return kind, element.path, element.output if isinstance(element, BuiltOutput) else ""


class FileBuiltins:
    """Builtins over a world's files."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.host = world.host

    def base_name_of(self, value: Any) -> Any:
        """The last part of a path or a string."""
        value = force(value)
        if type(value) is Path:
            return base_name(value.text)
        context: set[Any] = set()
        text = self.world.coercion.text(value, context, copy=False)
        return make_string(base_name(text), context)

    def dir_of(self, value: Any) -> Any:
        """All but the last part of a path or a string."""
        value = force(value)
        if type(value) is Path:
            return Path(dir_name(value.text))
        context: set[Any] = set()
        text = self.world.coercion.text(value, context, copy=False)
        return make_string(dir_name(text), context)

    def to_path(self, value: Any) -> Any:
        """A string that is an absolute path, made canonical."""
        context: set[Any] = set()
        text = self.world.coercion.text(value, context, copy=False)
        insist_absolute(text, line("toPath", 0))
        return make_string(canonical(text), context)

    def path_exists(self, value: Any) -> bool:
        """Whether there is anything at a path; with a trailing slash, a folder."""
        try:
            path = self.world.path(value)
            if path.endswith(("/", "/.")):
                return self.host.file_type(self.host.resolve(canonical(path))) == "directory"
            return self.host.file_type(canonical(path)) is not None
        except ForbiddenPath:
            return False

    def read_file(self, value: Any) -> Any:
        """The content of a file."""
        path = self.world.path(value)
        with opening(path):
            data = allowed(canonical(path), self.host.read_file)
        if b"\0" in data:
            raise EvalError(
                f"the contents of the file '{path}' cannot be represented as a Nix string"
            )
        # A file of the store may name what it refers to; a string made of it refers to that too.
        found: set[Element] = {
            PlainPath(other)
            for other in self.host.references(canonical(path))
            if base_name(other)[:_HASH].encode() in data
        }
        return make_string(from_bytes(data), found)

    def read_dir(self, value: Any) -> Any:
        """The names in a folder and their types."""
        path = canonical(self.world.path(value))
        try:
            return dict(allowed(path, self.host.list_dir))
        except FileNotFoundError:
            raise EvalError(f"reading directory {path}: No such file or directory") from None
        except NotADirectoryError:
            raise EvalError(f"reading directory {path}: Not a directory") from None

    def read_file_type(self, value: Any) -> str:
        """The type of a file."""
        path = canonical(self.world.path(value))
        found = self.host.file_type(path)
        if found is None:
            raise FileNotFoundError(2, "No such file or directory", path)
        return found

    def find_file(self, search_path: Any, name: Any) -> Any:
        """``<name>`` in an explicit search path, a list of `{ prefix, path }`."""
        from builder.lang.expect import want_list

        entries = []
        element = "an element of the list passed to builtins.findFile"
        doing = f"while evaluating the `{{}}` attribute of {element}"
        for item in want_list(search_path):
            fields = want_for(f"while evaluating {element}", item, want_attrs)
            prefix = ""
            if "prefix" in fields:
                prefix = want_for(doing.format("prefix"), fields["prefix"], want_plain)
            if "path" not in fields:
                raise missing(fields, "path")
            path = fields["path"]
            path = self.world.coercion.text(path, set(), copy=False, doing=doing.format("path"))
            entries.append((prefix, path))
        return self.search(want_plain(name), entries)

    def search(self, name: str, entries: list[tuple[str, str]] | None = None) -> Path:
        """``<name>`` in the user's own search path, or in `entries`."""
        found = self.host.find_file(entries, name)
        if found is None and self.host.pure:
            raise ThrownError(
                f"cannot look up '<{name}>' in pure evaluation mode (use '--impure' to override)"
            )
        if found is None:
            raise ThrownError(
                f"file '{name}' was not found in the Nix search path (add it using $NIX_PATH or -I)"
            )
        return Path(canonical(found))

    def to_file(self, name: Any, text: Any) -> Any:
        """Write a text into the store."""
        wanted = want_plain(name)
        content, context = text_and_context(want_string(text))
        references = []
        for element in sorted(context, key=_rank):
            if not isinstance(element, PlainPath):
                assert isinstance(element, (BuiltOutput, DeepDerivation))
                kind = f"!{element.output}!" if isinstance(element, BuiltOutput) else "="
                raise EvalError(
                    f"files created by builtins.toFile may not reference derivations, but "
                    f"{wanted} references {kind}{base_name(element.path)}"
                )
            references.append(element.path)
        path = self.host.add_text(wanted, to_bytes(content), sorted(references))
        return make_string(path, {PlainPath(path)})

    def store_path(self, value: Any) -> Any:
        """A path that is in the store already, as a string that refers to it."""
        if self.host.pure:
            raise EvalError("'builtins.storePath' is not allowed in pure evaluation mode")
        context: set[Any] = set()
        text = self.world.coercion.text(value, context, copy=False)
        insist_absolute(text, line("storePath", 0))
        text = canonical(text)
        context.add(PlainPath(self.host.store_path(text)))
        return make_string(text, context)

    def filter_source(self, function: Any, value: Any) -> Any:
        """Copy a folder into the store without what the function refuses."""
        run = want_function(function)
        path = canonical(self.world.path(value, line("filterSource", 1)))
        return self._copied(path, base_name(path), filter=_filter(run))

    def path(self, attrs: Any) -> Any:
        """Copy a path into the store: `{ path, name?, filter?, recursive?, sha256? }`."""
        known = ("path", "name", "filter", "recursive", "sha256")
        given = want_attrs(attrs)
        for name in in_order(given):
            if name not in known:
                raise EvalError(
                    f"unsupported argument '{name}' to 'builtins.path'",
                    place_in(given, name),
                    suggestions=nearest(name, known),
                )
        if "path" not in given:
            raise EvalError(
                "missing required 'path' attribute in the first argument to 'builtins.path'"
            )

        def asked(name: str, want: Callable[[Any], T], default: T) -> T:
            what = "parameter" if name == "filter" else "attribute"
            doing = f"while evaluating the `{name}` {what} passed to builtins.path"
            return optional_in(given, name, want, doing, default)

        doing = "while evaluating the 'path' attribute passed to 'builtins.path'"
        path = canonical(self.world.path(given["path"], doing, place_in(given, "path")))
        name = asked("name", want_plain, "")
        recursive = asked("recursive", want_bool, True)
        kept = asked("filter", want_function, None)
        sha256 = None
        if "sha256" in given:
            wanted = asked("sha256", want_plain, "") or assumed(self.host, "sha256")
            sha256 = parse_hash(wanted, "sha256")[1]
        keep = None if kept is None else _filter(kept)
        return self._copied(
            path, name or base_name(path), recursive=recursive, filter=keep, sha256=sha256
        )

    def _copied(
        self,
        path: str,
        name: str,
        *,
        recursive: bool = True,
        filter: Callable[[str, str], bool] | None,
        sha256: bytes | None = None,
    ) -> Any:
        """What a path leads to, in the store."""
        source = self.host.resolve(path)
        try:
            with nullcontext() if recursive else opening(source):
                made = self.host.add_path(
                    source, name, recursive=recursive, filter=filter, sha256=sha256
                )
        except (NixError, FileNotFoundError) as error:
            told = error if isinstance(error, NixError) else absent(source)
            told.placeless = True
            told.passes(f"while adding path '{embedded_files.shown(source)}'")
            raise told from None
        return make_string(made, {PlainPath(made)})

    def import_file(self, value: Any) -> Any:
        """The value of a Nix file, of a folder's `default.nix`, or the set that a derivation is."""
        path = self.world.path(value)
        if path.endswith(".drv"):
            found = self.host.derivation(canonical(path))
            if found is not None:
                return imported(canonical(path), found)
        return self.world.importer.eval_file(path)

    def scoped_import(self, scope: Any, value: Any) -> Any:
        """The value of a Nix file in which more names are bound."""
        path = self.world.path(value)
        doing = "while evaluating the first argument passed to builtins.scopedImport"
        return self.world.importer.eval_scoped(path, want_for(doing, scope, want_attrs))


def install(world: World) -> dict[str, Builtin]:
    """All of `FileBuiltins`."""
    files = FileBuiltins(world)
    table: dict[str, tuple[str, Callable[..., Any]]] = {
        "baseNameOf": ("s", files.base_name_of),
        "dirOf": ("s", files.dir_of),
        "toPath": ("s", files.to_path),
        "pathExists": ("l", files.path_exists),
        "readFile": ("l", files.read_file),
        "readDir": ("l", files.read_dir),
        "readFileType": ("l", files.read_file_type),
        "findFile": ("ss", files.find_file),
        "toFile": ("st", files.to_file),
        "storePath": ("s", files.store_path),
        "filterSource": ("ss", files.filter_source),
        "path": ("s", files.path),
        "import": ("l", files.import_file),
        "scopedImport": ("ll", files.scoped_import),
    }
    return {name: Builtin(name, strict, run) for name, (strict, run) in table.items()}
