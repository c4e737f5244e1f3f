"""Evaluating files and texts: what embedders use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, TypeVar

from builder.lang import assertions, comparison, embedded_files, expect, late, operators, thunks
from builder.lang.builtins import (
    attrs,
    contexts,
    control,
    data,
    derivations,
    fetching,
    files,
    flakerefs,
    hashing,
    lists,
    regexes,
    strings,
    types,
    versions,
)
from builder.lang.builtins.table import PURE, World
from builder.lang.cache import CodeCache
from builder.lang.coerce import Coercion
from builder.lang.compiled import Compiled
from builder.lang.errors import EvalError, InfiniteRecursion, ParseError
from builder.lang.host import Host
from builder.lang.imported import imported_file
from builder.lang.loaded import LoadedSource
from builder.lang.parts import FileCode, Makers, Parts
from builder.lang.paths import canonical, dir_name
from builder.lang.source import Source
from builder.lang.stack import is_deep, run_deep
from builder.lang.symbols import Symbols
from builder.lang.values import (
    Builtin,
    Curried2,
    Curried3,
    Formals,
    Path,
    Positions,
    Thunk,
    Value,
    make_attrs,
)

if TYPE_CHECKING:
    from builder.lang.tree import Expr

NIX_VERSION = "2.26.3"
LANG_VERSION = 6
T = TypeVar("T")
_MODULES = (attrs, lists, regexes, types, versions)  # fill PURE when imported


class Evaluator:
    """The Nix language over a `Host`.

    Compiled files are kept in `cache_dir` when one is given, and read from the folders
    `installed` too. `extra_builtins`
    become attributes of `builtins` (Builtins or any other values). `features` are those of
    `grammar.FEATURES` that are switched on.
    """

    def __init__(
        self,
        host: Host,
        cache_dir: FilePath | None = None,
        extra_builtins: Mapping[str, Value] | None = None,
        *,
        features: Set[str] = frozenset(),
        installed: Sequence[FilePath] = (),
    ) -> None:
        self._features = features
        self._symbols = Symbols()
        self.host = host
        self.coercion = Coercion(host)
        self._values: dict[str, Value] = {}
        world = World(host, self.coercion, self)
        self.builtins = self._builtins(world, extra_builtins or {})
        self._masks: dict[str, str | None] = {
            name: value.strict if isinstance(value, Builtin) else None
            for name, value in self.builtins.items()
        }
        self._grown: dict[int, tuple[bytes, FileCode]] = {}
        self._warned: set[str] = set()  # files that are read again, to be warned of again
        self._cache = CodeCache(cache_dir, self._masks, features=features, more=installed)
        self._globals = self._runtime(files.FileBuiltins(world))

    def _builtins(self, world: World, extra: Mapping[str, Value]) -> dict[str, Value]:
        host = self.host
        made: dict[str, Value] = dict(PURE.entries)
        for module in (
            *(contexts, control, data, derivations, fetching, files, flakerefs, hashing),
            strings,
        ):
            made.update(module.install(world))
        made.update(
            {
                "true": True,
                "false": False,
                "null": None,
                "nixVersion": NIX_VERSION,
                "langVersion": LANG_VERSION,
                "storeDir": host.store_dir,
                "nixPath": [{"path": path, "prefix": name} for name, path in host.search_path],
            }
        )
        if host.current_system is not None:
            made["currentSystem"] = host.current_system
        if host.current_time is not None:
            made["currentTime"] = host.current_time
        made["getEnv"] = Builtin("getEnv", "s", lambda name: host.getenv(expect.want_plain(name)))
        made.update(extra)
        made["builtins"] = made
        return made

    def _runtime(self, file_builtins: files.FileBuiltins) -> dict[str, Any]:
        """The globals that all generated code shares."""
        names: dict[str, Any] = {
            "__builtins__": {"type": type, "isinstance": isinstance},
            "int": int,
            "str": str,
            "dict": dict,
            "Curried2": Curried2,
            "Curried3": Curried3,
            "UNKNOWN": Thunk(None),
            "Thunk": Thunk,
            "Function": type(lambda: None),
            "MISSING": operators.MISSING,
            "late_items": late.late_items,
            "chosen": late.chosen,
            "force": thunks.force,
            "callee": thunks.callee,
            "callee2": thunks.callee2,
            "callee3": thunks.callee3,
            "equal": comparison.equal,
            "less": comparison.less,
            "make_attrs": make_attrs,
            "assert_failed": assertions.assert_failed,
            "assert_unequal": assertions.assert_unequal,
            "interpolate": self.coercion.interpolate,
            "piece": self.coercion.piece,
            "path_piece": self.coercion.path_piece,
            "first_operand": self.coercion.first_operand,
            "interpolate_path": self.coercion.interpolate_path,
            "add": self.coercion.add,
            "home": self._home,
            "search": file_builtins.search,
        }
        for name in [
            "ADDABLE",
            "SETS",
            "accept",
            "attribute_name",
            "concat_lists",
            "divide",
            "dynamic_attrs",
            "from_with",
            "has",
            "left_set",
            "multiply",
            "negate",
            "overriding",
            "select",
            "subtract",
            "truth",
            "unplaced_truth",
            "update",
            "walk",
        ]:
            names[name] = getattr(operators, name)
        for name, value in self.builtins.items():
            names[f"g_{name}"] = value
            if isinstance(value, Builtin):
                names[f"b_{name}"] = value.run
        return names

    def _home(self, rest: str) -> str:
        if self.host.pure:
            raise EvalError(f"the path '~{rest}' can not be resolved in pure mode")
        home = self.host.home
        if not home:
            raise EvalError(f"the path '~{rest}' needs the variable HOME, which is not set")
        return home + rest

    # What embedders call.

    def eval_file(self, path: str) -> Any:
        """The forced value of a file, or of a folder's `default.nix`; evaluated once.

        Raises `NixError`, located.
        """
        return self.run(lambda: self._file(path))

    def eval_string(
        self,
        text: str,
        base_path: str = "/",
        name: str = "«string»",
        scope: dict[str, Value] | None = None,
    ) -> Any:
        """The forced value of a text whose relative paths start at `base_path`.

        In `scope` are names that it sees besides the global ones.
        """
        return self.run(lambda: self.prepare(text, base_path, name, scope)())

    def prepare(
        self, text: str, base_path: str, name: str, scope: dict[str, Value] | None
    ) -> Callable[[], Any]:
        """`eval_string` in two steps: what is given evaluates. Raises `ParseError` at once."""

        def work() -> Callable[[], Any]:
            if scope is None:
                code = self._compile(text.encode("utf-8", "surrogateescape"), text, name)
            else:
                code = self._file_code(text, name, frozenset(scope))
            return self._execute(code, LoadedSource(name, text), base_path, scope)

        return self.run(work)

    def check(self, source: Source) -> None:
        """Read a source without evaluating it. Raises `NixError`."""
        self.run(lambda: self._translate(source.text, source.name, None))

    def compile_file(self, path: str) -> None:
        """Compile a file for later evaluations, where that was not done. Raises `NixError`."""
        data = self.host.read_file(path)
        text = data.decode("utf-8", "surrogateescape")
        self.run(lambda: self._compile(data, text, path).complete())

    def force(self, value: Value) -> Any:
        """The value, evaluated to its outermost constructor."""
        return self.run(lambda: thunks.force(value))

    def force_deep(self, value: Value) -> Any:
        """The value with everything in it evaluated."""
        return self.run(lambda: thunks.force_deep(value))

    def call(self, function: Value, *args: Value) -> Any:
        """A function's forced result."""
        return self.run(lambda: thunks.call(function, *args))

    def select(self, value: Value, path: Sequence[str]) -> Any:
        """The forced attribute at a path. Raises `MissingAttribute`."""

        def work() -> Any:
            found = thunks.force(value)
            for name in path:
                found = operators.select(found, name)
            return found

        return self.run(work)

    def coerce_to_string(self, value: Value, *, doing: str = "") -> Any:
        """The text of a value and its context (a frozenset), as a pair; `doing` is a trace's."""
        context: set[Any] = set()
        text = self.run(lambda: self.coercion.text(value, context, doing=doing))
        return text, frozenset(context)

    def run(self, work: Callable[[], T]) -> T:
        """Call what evaluates, on a deep stack; errors come out located.

        Inside of an evaluation it is a plain call: the outermost one locates errors.
        """
        if is_deep():
            return work()
        self._symbols.use()

        def guarded() -> T:
            try:
                made = work()
                self._keep()
                return made
            except BaseException as error:
                from builder.lang.tracing import translate

                translated = translate(error)
                if translated is error:
                    raise
                raise translated from None

        return run_deep(guarded)

    # What builtins call.

    def eval_scoped(self, path: str, scope: dict[str, Value]) -> Value:
        """The value of a file in which more names are bound; see `Importer`."""
        path = imported_file(path, self.host)
        data = self.host.read_file(path)
        text = data.decode("utf-8", "surrogateescape")
        code = self._file_code(text, path, frozenset(scope))
        function = self._execute(
            code, LoadedSource(embedded_files.shown(path), text), dir_name(path), scope
        )
        return function()

    def _file(self, path: str) -> Any:
        path = imported_file(path, self.host)
        if path not in self._values:
            self._values[path] = Thunk(lambda: self._load(path))
        return thunks.force(self._values[path])

    def _load(self, path: str) -> Any:
        data = self.host.read_file(path)
        text = data.decode("utf-8", "surrogateescape")
        code = self._compile(data, text, path)
        return self._execute(code, LoadedSource(embedded_files.shown(path), text), dir_name(path))()

    def _compile(self, data: bytes, text: str, name: str) -> FileCode:
        def grown(code: FileCode) -> None:
            if name not in self._warned:
                self._grown[id(code)] = data, code

        cached = self._cache.get(data)
        if cached is not None:
            self._symbols.read(cached[0])
            return FileCode(*cached, lambda: self._translate(text, name, None)[2], grown)
        code = self._file_code(text, name, None, grown)
        grown(code)
        return code

    def _file_code(
        self,
        text: str,
        name: str,
        scoped: frozenset[str] | None,
        grown: Callable[[FileCode], None] = lambda code: None,
    ) -> FileCode:
        met, outside, makers = self._translate(text, name, scoped)
        return FileCode(met, outside, {}, lambda: makers, grown)

    def _keep(self) -> None:
        """Keep for other processes what was compiled."""
        while self._grown:
            self._cache.put(*self._grown.popitem()[1])

    def _translate(
        self, text: str, name: str, scoped: frozenset[str] | None
    ) -> tuple[str, Compiled, Makers]:
        # Imported here: what was compiled before needs no compiler.
        from builder.lang.compiler import compile_tree
        from builder.lang.parser import Parser

        source = Source(text, name)
        try:
            parser = Parser(source, self._features)
            tree = parser.whole()
            if parser.uses_or:
                self._warn_of_or(tree, source)
            met = "".join(f"\0{name}" for name in parser.met)
            self._symbols.read(met)
            return met, *compile_tree(tree, source, self._masks, scoped)
        except RecursionError as error:
            raise ParseError("the expression is nested too deeply", source.at(0)) from error

    def _warn_of_or(self, tree: Expr, source: Source) -> None:
        from builder.lang.cursed_or import warnings  # rarely needed

        for warning in warnings(tree, source):
            self.host.trace(warning)
            self._warned.add(source.name)

    def _execute(
        self,
        code: FileCode,
        source: LoadedSource,
        base: str,
        scope: dict[str, Value] | None = None,
    ) -> Callable[[], Any]:
        """The function of no arguments that a compiled file is."""
        names = self._globals.copy()

        def load(compiled: Compiled) -> Any:
            label = compiled.label
            for index, table in enumerate(compiled.positions):
                names[f"P{index}{label}"] = Positions(source.name, table)
            for index, (formals, ellipsis) in enumerate(compiled.formals):
                names[f"F{index}{label}"] = Formals(formals, ellipsis)
            for index, path in enumerate(compiled.paths):
                absolute = path if path.startswith("/") else f"{base}/{path}"
                names[f"K{index}{label}"] = Path(canonical(absolute))
            return eval(compiled.code, names)

        parts = Parts(code, load)
        names.update(SOURCE=source, FILE=source.name, BASE=base, SCOPE=scope)
        names.update(part=parts.part, late=parts.late)
        made: Callable[[], Any] = load(code.outside)
        return made


def make_builtin(name: str, arity: int, run: Callable[..., Value]) -> Builtin:
    """A builtin whose arguments are all lazy; `run` must return a forced value."""
    return Builtin(name, "l" * arity, run)


__all__ = ["Evaluator", "InfiniteRecursion", "make_builtin"]
