"""Derivations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from builder.lang.builtins.hashing import ALGORITHMS, assumed, encode32, parse_hash
from builder.lang.builtins.strings import from_bytes, to_bytes
from builder.lang.builtins.table import PURE, World, text_and_context
from builder.lang.coerce import Coercion, make_string
from builder.lang.context import BuiltOutput, DeepDerivation, Element
from builder.lang.errors import EvalError, NixError, TypeMismatch, switched_off
from builder.lang.expect import (
    want_attrs,
    want_bool,
    want_for,
    want_list,
    want_plain,
    want_string,
    want_text,
)
from builder.lang.host import DerivationRequest, Host, ImportedDerivation, OutputHash
from builder.lang.json_text import dump, to_json
from builder.lang.operators import missing
from builder.lang.source import Pos
from builder.lang.thunks import force, place_in
from builder.lang.values import Attrs, Builtin, Positions, Thunk, merged

# What a store path's name must not contain, and how long it may be.
_ILLEGAL = re.compile(r"[^0-9a-zA-Z+\-._?=]")
_LONGEST = 211
_MODES = ("flat", "recursive", "nar")
# Attributes, and modes of a fixed output's hash, by the experimental features that they need.
_FEATURES = {"__contentAddressed": "ca-derivations", "__impure": "impure-derivations"}
_MODE_FEATURES = {"git": "git-hashing", "text": "dynamic-derivations"}
# What structured attributes have per output.
_CHECKS = frozenset(
    {
        *("allowedReferences", "allowedRequisites", "disallowedReferences"),
        *("disallowedRequisites", "maxSize", "maxClosureSize"),
    }
)
# The reference's `derivation` is written in its own language: where the places are that
# its traces name.
_INTERNAL = "<nix/derivation-internal.nix>"
DERIVATION = Pos(file=_INTERNAL, line=30, column=1)
_NAMED = Pos(file=_INTERNAL, line=48, column=5)
# What `derivation`, a function of that file, says that it was doing when it failed.
_Lines = tuple[tuple[str, Pos], ...]
_FIRST: _Lines = (("while calling the 'head' builtin", Pos(file=_INTERNAL, line=60, column=2)),)
_EACH: _Lines = (
    *_FIRST,
    ("while calling the 'map' builtin", Pos(file=_INTERNAL, line=57, column=17)),
)
_MADE: _Lines = (
    ("in the left operand of the update (//) operator", Pos(file=_INTERNAL, line=49, column=25)),
    ("in the right operand of the update (//) operator", Pos(file=_INTERNAL, line=41, column=5)),
    ("in the left operand of the update (//) operator", Pos(file=_INTERNAL, line=42, column=5)),
    ("while calling the 'listToAttrs' builtin", Pos(file=_INTERNAL, line=41, column=9)),
    (
        "while evaluating the `name` attribute of an element of the list passed to "
        "builtins.listToAttrs",
        _NAMED,
    ),
)
# Where it binds an output, and what else it adds to what it is given.
_OUTPUT = (49, 5)
_ADDED = {
    "all": (43, 7),
    "drvAttrs": (44, 15),
    "outPath": (50, 7),
    "drvPath": (51, 7),
    "type": (52, 7),
    "outputName": (53, 15),
}
_WRITTEN = Pos(file=_INTERNAL, line=37, column=12)
_SELECTED = Pos(file=_INTERNAL, line=50, column=17)


@PURE.add("placeholder", "s")
def placeholder(output: Any) -> str:
    """What stands for an output's own path inside its derivation."""
    name = want_plain(output)
    return "/" + encode32(hashlib.sha256(b"nix-output:" + to_bytes(name)).digest())


def _refused(message: str) -> EvalError:
    """An error about a derivation, which is about no place of its own."""
    error = EvalError(message)
    error.placeless = True
    return error


def name_problem(name: str) -> str | None:
    """Why a text cannot be a store path's name, None when it can."""
    if not name:
        return "name must not be empty"
    if len(name) > _LONGEST:
        return f"name '{name}' must be no longer than {_LONGEST} characters"
    first, dash, _ = name.partition("-")
    if first in (".", ".."):
        why = f": first dash-separated component must not be '{first}'" if dash else ""
        return f"name '{name}' is not valid{why}"
    bad = _ILLEGAL.search(name)
    # It is a byte that is shown, whatever letter it belongs to.
    return bad and f"name '{name}' contains illegal character '{from_bytes(to_bytes(bad[0])[:1])}'"


def _check_name(name: str) -> None:
    """Insist on what a store path's name can be. Raises `EvalError`."""
    if problem := name_problem(name):
        raise _refused(f"invalid derivation name: {problem}. Please pass a different 'name'.")


def _json(value: Any) -> str:
    """The text of structured attributes. Raises `EvalError` for a string that is no UTF-8."""
    try:
        return dump(value)
    except EvalError as error:
        raise _refused(error.message.removeprefix("JSON serialization error: ")) from None


class _Draft:
    """A derivation while its attributes are read."""

    def __init__(
        self, name: str, coercion: Coercion, structured: bool, say: Callable[[str], None]
    ) -> None:
        self.name = name
        self.say = say
        self.coercion = coercion
        self.context: set[Element] = set()
        self.env: dict[str, str] = {}
        self.json: dict[str, Any] | None = {} if structured else None
        self.args: tuple[str, ...] = ()
        self.outputs: tuple[str, ...] = ("out",)
        self.special: dict[str, str] = {}

    def _text(self, value: Any) -> str:
        return self.coercion.text(value, self.context, more=True)

    def _argument(self, value: Any) -> str:
        doing = "while evaluating an element of the argument list"
        return self.coercion.text(value, self.context, more=True, doing=doing)

    def add(self, key: str, value: Any) -> None:
        """Take one attribute in."""
        if key == "args":
            self.args = tuple(map(self._argument, want_list(value)))
            return
        if key in _FEATURES and want_bool(value):
            raise _refused(switched_off(_FEATURES[key]))
        if self.json is not None:
            if key != "__structuredAttrs":
                self.json[key] = to_json(value, self.context, self.coercion)
                self._set_structured(key, value)
            return
        text = self._text(value)
        self.env[key] = text
        if key == "outputs":
            self._set_outputs(text.split())
        elif key in ("system", "builder", "outputHash", "outputHashAlgo", "outputHashMode"):
            self._set_special(key, text)

    def _set_structured(self, key: str, value: Any) -> None:
        if key == "outputs":
            self._set_outputs([want_text(item) for item in want_list(value)])
        elif key == "builder":
            text, context = text_and_context(want_string(value))
            self.context |= context
            self._set_special(key, text)
        elif key in ("system", "outputHash", "outputHashAlgo", "outputHashMode"):
            self._set_special(key, want_plain(value))
        elif key in _CHECKS:
            self.say(
                f"warning: In a derivation named '{self.name}', 'structuredAttrs' disables the "
                f"effect of the derivation attribute '{key}'; use 'outputChecks.<output>.{key}' "
                "instead"
            )

    def _set_special(self, key: str, text: str) -> None:
        if key == "outputHashMode":
            if text in _MODE_FEATURES:
                raise _refused(switched_off(_MODE_FEATURES[text]))
            if text not in _MODES:
                raise _refused(f"invalid value '{text}' for 'outputHashMode' attribute")
        self.special[key] = text

    def _set_outputs(self, names: list[str]) -> None:
        for index, name in enumerate(names):
            if name in names[:index]:
                raise _refused(f"duplicate derivation output '{name}'")
            if name == "drvPath":
                raise _refused(f"invalid derivation output name '{name}'")
        if not names:
            raise _refused("derivation cannot have an empty set of outputs")
        self.outputs = tuple(names)

    def request(self, host: Host) -> DerivationRequest:
        """What the host is asked for. Raises `EvalError` for what is missing."""
        for key in ("builder", "system"):
            if not self.special.get(key):
                raise _refused(f"required attribute '{key}' missing")
        if self.name.endswith(".drv"):
            raise _refused(
                "derivation names are allowed to end in '.drv' only if they produce a single "
                "derivation file"
            )
        structured = None if self.json is None else _json(self.json)
        return DerivationRequest(
            name=self.name,
            system=self.special["system"],
            builder=self.special["builder"],
            args=self.args,
            env=self.env,
            outputs=self.outputs,
            output_hash=self._output_hash(host),
            structured=structured,
            context=frozenset(self.context),
        )

    def _output_hash(self, host: Host) -> OutputHash | None:
        if "outputHash" not in self.special:
            return None
        mode = self.special.get("outputHashMode", "flat")
        if self.outputs != ("out",):
            raise _refused("multiple outputs are not supported in fixed-output derivations")
        given, value = self.special.get("outputHashAlgo"), self.special["outputHash"]
        algo = given if given in ALGORITHMS else None
        if not value and algo is None:
            raise _refused("empty hash requires explicit hash algorithm")
        try:
            value = value or assumed(host, str(algo))
            parse_hash(value, algo)
        except EvalError as error:
            raise _refused(error.message) from None
        return OutputHash(algo=algo, mode="recursive" if mode == "nar" else mode, value=value)


def _switch(attrs: dict[str, Any], name: str) -> bool:
    doing = f"while evaluating the `{name}` attribute passed to builtins.derivationStrict"
    return name in attrs and want_for(doing, attrs[name], want_bool)


def _strict(world: World, argument: Any) -> dict[str, Any]:
    """`derivationStrict`: write the derivation; its paths as strings."""
    attrs = want_attrs(argument)
    if "name" not in attrs:
        error = missing(attrs, "name")
        error.placeless = True
        error.passes("in the attrset passed as argument to builtins.derivationStrict")
        raise error
    try:
        name = want_plain(attrs["name"])
    except NixError as error:
        where = place_in(attrs, "name")
        error.passes("while evaluating the derivation attribute 'name'", where)
        error.passes("while evaluating the `name` attribute passed to builtins.derivationStrict")
        raise
    key = ""
    try:
        _check_name(name)
        structured = _switch(attrs, "__structuredAttrs")
        ignore_nulls = _switch(attrs, "__ignoreNulls")
        draft = _Draft(name, world.coercion, structured, world.host.trace)
        for key in sorted(attrs):
            value = attrs[key]
            if key == "__ignoreNulls" or (ignore_nulls and force(value) is None):
                continue
            draft.add(key, value)
        key = ""
        request = draft.request(world.host)
        try:
            made = world.host.instantiate(request)
        except EvalError as error:
            error.placeless = True
            raise
    except NixError as error:
        bound = place_in(attrs, "name")
        place = f"\nwhose name attribute is located at {bound}" if bound else ""
        error.passes(f"while evaluating derivation '{name}'{place}")
        if key:
            where = place_in(attrs, key)
            error.passes(f"while evaluating attribute '{key}' of derivation '{name}'", where)
        raise
    drv = made.drv_path
    result: dict[str, Any] = {"drvPath": make_string(drv, {DeepDerivation(drv)})}
    for output, path in made.outputs.items():
        result[output] = make_string(path, {BuiltOutput(drv, output)})
    return result


def _output_name(value: Any) -> str:
    try:
        return want_plain(value)
    except TypeMismatch as error:
        error.pos = error.pos or _NAMED
        raise


def _outputs(attrs: dict[str, Any]) -> list[str]:
    """The outputs that `derivation` is given. Raises `TypeMismatch`."""
    if "outputs" not in attrs:
        return ["out"]
    lines = _EACH
    try:
        listed = "while evaluating the second argument passed to builtins.map"
        given = want_for(listed, attrs["outputs"], want_list)
        lines = _FIRST
        if not given:
            raise _refused("'builtins.head' called on an empty list")
        lines = _MADE
        return [_output_name(force(name)) for name in given]
    except NixError as error:
        for text, pos in lines:
            error.passes(text, pos)
        raise


def _derivation(world: World, argument: Any) -> dict[str, Any]:
    """`derivation`: a set that becomes a derivation when its paths are needed."""
    attrs = want_attrs(argument)
    names = _outputs(attrs)

    def written() -> dict[str, Any]:
        try:
            return _strict(world, attrs)
        except NixError as error:
            error.passes("while calling the 'derivationStrict' builtin", _WRITTEN)
            raise

    def out_path(output: str) -> Any:
        try:
            made = force(strict)
            if output not in made:  # a list's items are parted at spaces
                lost = missing(made, output)
                lost.placeless = True
                raise lost
            return made[output]
        except NixError as error:
            error.passes("while calling the 'getAttr' builtin", _SELECTED)
            raise

    strict = Thunk(written)
    common: dict[str, Any] = dict(attrs)
    variants: dict[str, Any] = {}
    ours = Positions(_INTERNAL, {**dict.fromkeys(names, _OUTPUT), **_ADDED})
    positions = merged(attrs.positions if isinstance(attrs, Attrs) else None, ours)

    def variant(output: str) -> dict[str, Any]:
        made = Attrs(common)
        made["outPath"] = Thunk((out_path, output))
        made["drvPath"] = Thunk(lambda: force(strict)["drvPath"])
        made["type"] = "derivation"
        made["outputName"] = output
        made.positions = positions
        return made

    for output in names:
        variants[output] = Thunk(lambda output=output: variant(output))
    common.update(variants)
    common["all"] = Thunk(lambda: [variants[output] for output in names])
    common["drvAttrs"] = attrs
    first: dict[str, Any] = force(variants[names[0]])
    return first


def imported(path: str, found: ImportedDerivation) -> dict[str, Any]:
    """The set that `import` gives for the ``.drv`` file at `path`: its first output's."""
    drv = make_string(path, {DeepDerivation(path)})
    common: dict[str, Any] = {"drvPath": drv, "name": found.name, "type": "derivation"}
    variants: dict[str, Any] = {}
    for output, made in found.outputs.items():
        own = {"outPath": make_string(made, {BuiltOutput(path, output)}), "outputName": output}
        variants[output] = Thunk(lambda own=own: {**common, **own})
    common.update(variants)
    common["all"] = Thunk(lambda: list(variants.values()))
    first: dict[str, Any] = force(next(iter(variants.values())))
    return first


def install(world: World) -> dict[str, Builtin]:
    """`derivation` and `derivationStrict`."""
    return {
        "derivation": Builtin("derivation", "s", lambda attrs: _derivation(world, attrs)),
        "derivationStrict": Builtin("derivationStrict", "s", lambda attrs: _strict(world, attrs)),
    }
