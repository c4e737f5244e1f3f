"""From the modules that were given to all modules that they import."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from builder.lang.coerce import simple_text
from builder.lang.errors import NixError, ThrownError, nearest
from builder.lang.expect import want_attrs, want_list
from builder.lang.thunks import call, callee, force
from builder.lang.values import (
    Attrs,
    Path,
    Thunk,
    Value,
    describe,
    formals_of,
    is_function,
    make_attrs,
)
from builder.modules.definition import file_text, kind_of
from builder.modules.pretty import shown
from builder.modules.scalars import text_of

# The file of a module that was given without one.
UNKNOWN_FILE = "<unknown-file>"
_KEYS = frozenset(
    {"_class", "_file", "key", "disabledModules", "imports", "options", "config"}
    | {"meta", "freeformType"}
)
_SHORTHAND = frozenset(
    {"_class", "_file", "key", "disabledModules", "require", "imports", "freeformType"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module in its explicit form. `options` is a set, `config` not yet evaluated."""

    key: str
    file: str
    disabled: tuple[str, ...]
    imports: tuple[Value, ...]
    options: dict[str, Value]
    config: Value
    class_: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What module functions are given.

    `always` are the arguments of every module; `lookup` finds another one by
    name and file when it is needed. `load` imports a file.
    """

    always: dict[str, Value]
    lookup: Callable[[str, str], Any]
    load: Callable[[str], Value]
    modules_path: str


def _apply(module: Any, file: str, arguments: Arguments) -> Value:
    """The set that a module function gives; sets are given as they are."""
    target = module
    if isinstance(module, dict):
        if "__functor" not in module:
            return module
        target = callee(callee(force(module["__functor"]))(module))
        names = (
            want_attrs(call(module["__functionArgs"], module))
            if ("__functionArgs" in module)
            else {}
        )
    else:
        formals = formals_of(module) if type(module) is FunctionType else None
        names = formals.names if formals is not None else {}
    always = arguments.always
    given = dict(always)
    for name in names:
        if name not in always:
            given[name] = Thunk(lambda name=name: arguments.lookup(name, file))
    return call(target, given)


def _key_text(value: Value) -> str | None:
    """What `toString` makes of a module's key; None for what it has no text for."""
    value = force(value)
    if isinstance(value, dict):
        if "__toString" in value:
            return _key_text(call(value["__toString"], value))
        return _key_text(value["outPath"]) if "outPath" in value else None
    if isinstance(value, (Path, str)) or hasattr(value, "context"):
        return file_text(value)
    return simple_text(value)


def _own_key(value: Value, file: str) -> str:
    key = _key_text(value)
    if key is None:
        raise ThrownError(
            f"The `key` of the module `{file}` is {describe(force(value))}, which is no text and "
            "cannot be made one"
        )
    return key


def _disabled_key(item: Value, file: str, arguments: Arguments) -> str:
    """The key that an item of `disabledModules` names. Raises `ThrownError`."""
    item = force(item)
    text = _key_text(item)
    if text is not None and not isinstance(item, dict):
        is_name = not isinstance(item, Path) and isinstance(text_of(item), str)
        return f"{arguments.modules_path}/{text}" if is_name and text[:1] != "/" else text
    key = _key_text(item["key"]) if isinstance(item, dict) and "key" in item else None
    if text is not None and key not in (None, text):
        raise ThrownError(
            f"Module `{file}` contains a disabledModules item with two names: its text is {text} "
            f"and its `key` attribute {key}. Which module it disables is not clear."
        )
    found = key if text is None else text
    if found is not None:
        return found
    if not isinstance(item, dict):
        raise ThrownError(
            "Each disabledModules item must be a path, a string, an attribute set with a `key` "
            f"attribute or a value that `toString` takes; one in `{file}` is {describe(item)}."
        )
    raise ThrownError(
        f"Module `{file}` contains a disabledModules item that is an attribute set, "
        "presumably a module, that does not have a `key` attribute. This means that "
        "the module system doesn't have any means to identify the module that should "
        "be disabled. Make sure that you've put the correct value in disabledModules: "
        "a string path relative to modulesPath, a path value, or an attribute set with "
        "a `key` attribute."
    )


def _without(attrs: dict[str, Value], names: frozenset[str]) -> dict[str, Value]:
    kept = {name: value for name, value in attrs.items() if name not in names}
    return make_attrs(kept, attrs.positions) if type(attrs) is Attrs else kept


def _explicit(value: Value, file: str, key: str, arguments: Arguments) -> Module:
    """Bring a module's set into its explicit form. Raises `ThrownError`."""
    attrs = force(value)
    kind = kind_of(attrs)
    if not isinstance(attrs, dict):
        raise ThrownError(
            f"module {file} ({key}) does not look like a module. It is {describe(attrs)} where a "
            "set, a function or a path is needed"
        )
    file = file_text(attrs["_file"], file) if "_file" in attrs else file
    if kind in ("if", "override"):
        attrs = {"config": attrs}
    elif kind is not None and kind != "module":
        raise _no_module(file, kind)
    if "config" in attrs or "options" in attrs:
        for name in attrs:
            if name not in _KEYS:
                other = " ".join(sorted(attrs.keys() - _KEYS))
                raise ThrownError(
                    f"Module `{file}' has an unsupported attribute `{name}'. This is caused by "
                    "introducing a top-level `config' or `options' attribute. Add configuration "
                    "attributes immediately on the top level instead, or move all of them "
                    f"(namely: {other}) into the explicit `config' attribute.",
                    suggestions=nearest(name, _KEYS),
                )
        config = attrs.get("config", {})
        options = want_attrs(attrs.get("options", {}))
        if "meta" in attrs:
            config = {"_type": "merge", "contents": [config, {"meta": attrs["meta"]}]}
        imports = want_list(attrs.get("imports", []))
    else:
        config = _without(attrs, _SHORTHAND)
        options = {}
        imports = [*want_list(attrs.get("require", [])), *want_list(attrs.get("imports", []))]
    if "freeformType" in attrs:
        free = {"_module": {"freeformType": attrs["freeformType"]}}
        config = {"_type": "merge", "contents": [config, free]}
    class_ = force(attrs.get("_class"))
    return Module(
        key=_own_key(attrs["key"], file) if "key" in attrs else key,
        file=file,
        disabled=tuple(
            _disabled_key(item, file, arguments)
            for item in want_list(attrs.get("disabledModules", []))
        ),
        imports=tuple(imports),
        options=options,
        config=config,
        class_=class_ if isinstance(class_, str) else None,
    )


def _no_module(file: str, kind: str) -> ThrownError:
    """The error for a set that says that it is something else than a module."""
    hint = {
        "configuration": "It is a whole configuration, evaluated already; please only import the "
        "modules that make up the configuration.",
        "merge": "Put `lib.mkMerge` under `config`.",
        "order": "Put `lib.mkOrder` (`mkBefore`, `mkAfter`) at the option.",
        "option": "Put options under `options`.",
        "flake": "Import one of the flake's modules, such as its `nixosModules.default`.",
    }.get(kind, "A module is a set, a function or a path.")
    return ThrownError(
        f'Expected a module, but found a value of type "{kind}", while trying to load a module '
        f"into {file}. {hint}"
    )


def load_module(value: Value, parent: str, key: str, arguments: Arguments) -> Module:
    """A module from a path, a function or a set; `parent` is the file that names it."""
    module = force(value)
    file = parent
    if isinstance(module, (Path, str)) or hasattr(module, "context"):
        file = key = file_text(module)
        if not file.startswith("/"):
            raise ThrownError(
                f'the import "{file}" in `{parent}\' is not a path; write ./{file} without quotes'
            )
    elif isinstance(module, list):
        raise ThrownError(
            "Module imports can't be nested lists. Perhaps you meant to remove one level of "
            f"lists? Definitions: \n- In `{parent}'{shown(module)}"
        )
    try:
        if file is not parent:
            module = force(arguments.load(file))
        if file == UNKNOWN_FILE and type(module) is FunctionType:
            # A function of the language knows the file that it is written in.
            file = str(module.__globals__.get("FILE", file))
        if is_function(module) or isinstance(module, dict):
            module = force(_apply(module, file, arguments))
        if file == UNKNOWN_FILE and type(module) is Attrs and module.positions is not None:
            # A module written inside another file, a flake's for instance.
            found = module.positions.find(next(iter(module), ""))
            file = found[0] if found is not None else file
        return _explicit(module, file, key, arguments)
    except NixError as error:
        where = "" if file is parent else f" that `{parent}' imports"
        error.within(f"while evaluating the module `{file}'{where}")
        raise
    except FileNotFoundError as error:
        raise ThrownError(
            f"path '{error.filename}' does not exist; the module `{parent}' imports it. In a git "
            "work tree a file must be added with `git add` before a flake can see it."
        ) from error


def collect(
    given: Sequence[tuple[Value, str]], arguments: Arguments, class_: str | None
) -> list[Module]:
    """All modules, each key once, in the order in which their definitions are merged.

    That is the reverse of breadth first: what a module imports comes before it.
    `given` pairs each module with the file that names it.
    """
    loaded: list[Module] = []
    seen: set[str] = set()
    disabled: set[str] = set()
    queue: deque[tuple[Value, str, str]] = deque(
        (value, file, f":anon-{index}") for index, (value, file) in enumerate(given, 1)
    )
    parents: list[tuple[Module, str]] = []
    while queue:
        value, parent, key = queue.popleft()
        module = load_module(value, parent, key, arguments)
        disabled.update(module.disabled)
        if module.key in seen:
            continue
        seen.add(module.key)
        if class_ is not None and module.class_ not in (None, class_):
            raise ThrownError(
                f'The module `{module.file}` (class: "{module.class_}") cannot be imported into '
                f'a module evaluation that expects class "{class_}".'
            )
        loaded.append(module)
        parents.append((module, key))
        for index, item in enumerate(module.imports, 1):
            queue.append((item, module.file, f"{module.key}:anon-{index}"))
    if disabled:
        loaded = _enabled(loaded, disabled, given, arguments)
    loaded.reverse()
    return loaded


def _enabled(
    loaded: list[Module],
    disabled: set[str],
    given: Sequence[tuple[Value, str]],
    arguments: Arguments,
) -> list[Module]:
    """The modules that are still reached without the disabled ones."""
    by_key = {module.key: module for module in loaded}
    queue: deque[tuple[Value, str, str]] = deque(
        (value, file, f":anon-{index}") for index, (value, file) in enumerate(given, 1)
    )
    kept: list[Module] = []
    seen: set[str] = set()
    while queue:
        value, parent, key = queue.popleft()
        shown = force(value)
        if isinstance(shown, (Path, str)):
            key = file_text(shown)
        module = by_key.get(key) or load_module(value, parent, key, arguments)
        if module.key in seen or module.key in disabled:
            continue
        seen.add(module.key)
        kept.append(module)
        for index, item in enumerate(module.imports, 1):
            queue.append((item, module.file, f"{module.key}:anon-{index}"))
    return kept
