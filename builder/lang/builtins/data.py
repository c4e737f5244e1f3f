"""JSON, TOML and XML."""

from __future__ import annotations

from typing import Any

from builder.lang import embedded_files
from builder.lang.builtins.table import PURE, World
from builder.lang.coerce import Coercion, make_string
from builder.lang.comparison import is_derivation
from builder.lang.errors import StackOverflow
from builder.lang.expect import want_plain
from builder.lang.floats import float_text
from builder.lang.json_text import dump, from_json, to_json
from builder.lang.printing import function_pos, param_of
from builder.lang.source import Pos
from builder.lang.thunks import force, place_in, written
from builder.lang.values import Builtin, ContextString, Partial, Path, formals_of


@PURE.add("fromJSON", "s")
def parse_json(text: Any) -> Any:
    """The value that a JSON text describes."""
    return from_json(want_plain(text))


@PURE.add("fromTOML", "s")
def parse_toml(text: Any) -> Any:
    """The value that a TOML text describes; dates are refused."""
    from builder.lang.toml_text import from_toml  # rarely needed, slow to import

    return from_toml(want_plain(text))


# How deep XML may nest: as each level is indented, its size grows with the square of that.
_DEEPEST = 16_000
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#xA;"}


def _quoted(text: str) -> str:
    """An attribute's value in XML, with its quotes."""
    return '"' + "".join(_ENTITIES.get(char, char) for char in text) + '"'


class XmlWriter:
    """Writes the form of `nix-instantiate --xml`, with the `places` of names and functions."""

    def __init__(self, coercion: Coercion, *, places: bool = False) -> None:
        self.coercion = coercion
        self.places = places
        self.context: set[Any] = set()
        self.lines = ["<?xml version='1.0' encoding='utf-8'?>", "<expr>"]
        self.drvs: set[str] = set()

    def finish(self, value: Any) -> str:
        """The whole document."""
        self.value(force(value), 1)
        return "\n".join([*self.lines, "</expr>", ""])

    def _line(self, depth: int, text: str) -> None:
        self.lines.append("  " * depth + text)

    def _place(self, pos: Pos | None, **named: str) -> str:
        """The attributes of an element, as they are sorted: its name, and where it stands."""
        if self.places and pos is not None:
            named |= {"column": str(pos.column), "line": str(pos.line)}
            file = embedded_files.own_name(pos.file)
            if file.startswith("/"):  # not the name of a text without a file
                named["path"] = file
        return "".join(f" {key}={_quoted(named[key])}" for key in sorted(named))

    def _scalar(self, depth: int, kind: str, text: str) -> None:
        self._line(depth, f"<{kind} value={_quoted(text)} />")

    def value(self, value: Any, depth: int) -> None:
        """Write a forced value. Raises `StackOverflow`."""
        if depth > _DEEPEST:
            raise StackOverflow("stack overflow (possible infinite recursion)")
        if value is None:
            self._line(depth, "<null />")
        elif isinstance(value, bool):
            self._scalar(depth, "bool", "true" if value else "false")
        elif isinstance(value, int):
            self._scalar(depth, "int", str(value))
        elif isinstance(value, float):
            self._scalar(depth, "float", float_text(value, "g"))
        elif isinstance(value, (str, ContextString)):
            self._scalar(depth, "string", self.coercion.text(value, self.context))
        elif isinstance(value, Path):
            self._scalar(depth, "path", embedded_files.shown(value.text))
        elif isinstance(value, list):
            self._line(depth, "<list>")
            for item in value:
                self.value(force(item), depth + 1)
            self._line(depth, "</list>")
        elif isinstance(value, dict):
            self._set(value, depth)
        else:
            self._function(value, depth)

    def _set(self, value: dict[str, Any], depth: int) -> None:
        tag, head = "attrs", "<attrs>"
        if is_derivation(value):
            tag, head = "derivation", "<derivation"
            for name in ("drvPath", "outPath"):
                if name in value:
                    text = self.coercion.text(value[name], self.context)
                    head += f" {name}={_quoted(text)}"
            head += ">"
            drv = self.coercion.text(value.get("drvPath", ""), self.context)
            if drv and drv in self.drvs:
                self._line(depth, head)
                self._line(depth + 1, "<repeated />")
                self._line(depth, "</derivation>")
                return
            self.drvs.add(drv)
        self._line(depth, head)
        for name in sorted(value):
            self._line(depth + 1, f"<attr{self._place(place_in(value, name), name=name)}>")
            self.value(force(value[name]), depth + 2)
            self._line(depth + 1, "</attr>")
        self._line(depth, f"</{tag}>")

    def _function(self, value: Any, depth: int) -> None:
        if isinstance(value, (Builtin, Partial)):
            self._line(depth, "<unevaluated />")
            return
        function, _ = written(value)
        formals, param = formals_of(function), param_of(value)
        self._line(depth, f"<function{self._place(function_pos(value))}>")
        if formals is None:
            self._line(depth + 1, f"<varpat name={_quoted(param)} />")
            self._line(depth, "</function>")
            return
        mark = ' ellipsis="1"' if formals.ellipsis else ""
        if param:
            mark += f" name={_quoted(param)}"
        self._line(depth + 1, f"<attrspat{mark}>")
        for name in sorted(formals.names):
            self._line(depth + 2, f'<attr name="{name}" />')
        self._line(depth + 1, "</attrspat>")
        self._line(depth, "</function>")


def plain_xml(value: str | int | float | bool | None) -> str:
    """The document for a value that has no parts."""
    from builder.lang.localhost import LocalHost

    return XmlWriter(Coercion(LocalHost())).finish(value)


def install(world: World) -> dict[str, Builtin]:
    """Those that may copy paths into the store."""

    def write_json(value: Any) -> Any:
        context: set[Any] = set()
        made = to_json(value, context, world.coercion)
        return make_string(dump(made), context)

    def write_xml(value: Any) -> Any:
        writer = XmlWriter(world.coercion)
        text = writer.finish(value)
        return make_string(text, writer.context)

    return {"toJSON": Builtin("toJSON", "l", write_json), "toXML": Builtin("toXML", "l", write_xml)}
