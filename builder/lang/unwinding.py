"""The lines of a trace, as Nix 2.26 adds them while an error passes by.

They are made when the error has arrived, from the frames that it came through:
nothing is recorded while evaluating.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import CodeType
from typing import Any

from builder.lang import comparison, operators, thunks
from builder.lang.builtin_lines import BuiltinLines
from builder.lang.builtins.derivations import DERIVATION
from builder.lang.coerce import Coercion
from builder.lang.construct_notes import own_pos, segment_pos, side_note, step_notes
from builder.lang.errors import (
    ArgumentMismatch,
    DuplicateAttribute,
    Note,
    Shown,
    TypeMismatch,
)
from builder.lang.loaded import Node, name_of
from builder.lang.show import show
from builder.lang.source import Pos
from builder.lang.symbols import in_order
from builder.lang.trace_lines import TEXT, held, is_same
from builder.lang.traceback_frames import Step
from builder.lang.tree import (
    Apply,
    Assert,
    AttrSet,
    Binary,
    Binding,
    Expr,
    Function,
    HasAttr,
    If,
    Let,
    Select,
    With,
)
from builder.lang.values import Attrs, Partial
from builder.lang.words import attribute

_ARITHMETIC = {
    operators.subtract.__code__: "sub",
    operators.negate.__code__: "sub",
    operators.multiply.__code__: "mul",
    operators.divide.__code__: "div",
    comparison.less.__code__: "lessThan",
}
_WALKS = frozenset({operators.has.__code__, operators.walk.__code__})
_TRUTH = frozenset({operators.truth.__code__, operators.unplaced_truth.__code__})


def _codes(*functions: Any) -> frozenset[CodeType]:
    """The code of functions and of those that they make."""
    outer = [function.__code__ for function in functions]
    made = [code for whole in outer for code in whole.co_consts if isinstance(code, CodeType)]
    return frozenset([*outer, *made])


_FUNCTOR = _codes(thunks._functor)
_HELPERS = (
    _codes(thunks.callee, thunks.callee2, thunks.callee3, thunks.call, Partial.apply)
    | _FUNCTOR
    | thunks._PARTIAL
)


def called_set(code: CodeType, local: Mapping[str, Any]) -> dict[str, Any] | None:
    """The set that a frame of `callee` or its kind, with these variables, is calling."""
    function = local.get("function")
    is_calling = code is thunks.callee.__code__ or code in _FUNCTOR
    return function if is_calling and isinstance(function, dict) else None


class Unwinding(BuiltinLines):
    """Makes the lines of one error's trace."""

    def selected_place(self, path: Sequence[Node]) -> Pos | None:
        """Where the last attribute of a path, or one that is inherited, is bound that is being
        evaluated already, or the set stands that it is inherited from."""
        if [step.code.co_name for step in self.steps[-2:]] != ["force", "_blackhole"]:
            return None
        match path:
            case [*_, Select(path=[*_, last])]:
                pass
            case [*_, Let() | AttrSet() as group, Binding(value=None, source=int(source)) as node]:
                read = self.steps[-3].source
                if read is not None:
                    return read.source.at(group.bindings.sources[source].start)
                last = node.name
            case _:
                return None
        if self.steps[-3].code.co_name not in ("select", "walk"):
            return None
        attrs, name = (self.steps[-3].local.get(each) for each in ("attrs", "name"))
        if not isinstance(attrs, dict) or not isinstance(name, str):
            return None
        return self._bound(attrs, name) if not isinstance(last, str) or last == name else None

    def run(self) -> list[Note]:
        """The lines, outermost first."""
        for index, step in enumerate(self.steps):
            if step.source is not None:
                self._generated(index, step)
            elif step.code in self.builtins:
                self._builtin(index, step, self.builtins[step.code])
            else:
                self._runtime(index, step)
            for note in self.error.placed.pop(id(step.frame), []):
                self._place(note)
        return self.notes

    def _generated(self, index: int, step: Step) -> None:
        assert step.source is not None
        path, root = step.path, step.root
        self._made_text = None
        if not path:
            return
        if step.code.co_argcount:
            self._function(index, step)
        inner = path[root:]
        for parent, child in pairwise(inner):
            if isinstance(parent, Select) and isinstance(child, Expr) and child in parent.path:
                self._reached(step, parent, parent.path.index(child))
            self.notes += step_notes(parent, child, step.source)
        node = inner[-1]
        self._truth(index, step, node)
        self._walked(index, step, node)
        self._at = step.at
        self.site = step.at if isinstance(node, (Apply, Binary)) else None

    def _function(self, index: int, step: Step) -> None:
        """A function's call, unless its argument is what was refused."""
        assert step.source is not None
        path, root = step.path, step.root
        place = next((i for i in range(root, -1, -1) if isinstance(path[i], Function)), None)
        if place is None:
            return
        function, inside = path[place], self._next(index)
        at = step.source.source.at(function.pos)
        if self.site is None and self._printed(index):
            self.site = at
        refused = inside is not None and inside.code is operators.accept.__code__
        if self.site is not None:
            self._add("from call site", self.site, Shown.SHORT if refused else Shown.WHOLE)
        if refused:
            if self._next(index + 1) is None and not isinstance(self.error, ArgumentMismatch):
                self._add("while evaluating the value passed for the lambda argument", at)
            return
        name = name_of(path, place)
        called = f"'{name}'" if name else "anonymous lambda"
        self._add(f"while calling {called}", at, Shown.WHOLE)

    def _printed(self, index: int) -> bool:
        """Whether a call is what a value was that was forced as a part of another."""
        outer = [step.code for step in self.steps[max(index - 2, 0) : index]]
        return outer == [thunks.force_deep.__code__, thunks.force.__code__]

    def _truth(self, index: int, step: Step, node: Node) -> None:
        """A condition that is no Boolean."""
        inside = self._next(index)
        if inside is None or inside.code not in _TRUTH or step.source is None:
            return
        at = step.source.source.at(node.pos)
        if isinstance(node, If):
            self._add("while evaluating a branch condition", at)
        elif isinstance(node, Assert):
            self._add("in the condition of the assert statement", at)
        elif isinstance(node, Binary):
            place = step.source.source.line_column(node.right.start)
            note = side_note(node, step.passed(*place), step.source)
            self.notes += [note] if note else []

    def _walked(self, index: int, step: Step, node: Node) -> None:
        """What runtime functions that generated code calls say by themselves."""
        inside = self._next(index)
        if inside is None or step.source is None:
            return
        at, code = step.source.source.at(node.pos), inside.code
        if self._unnamed(index, step, node):
            return
        if code in (operators.select.__code__, operators.walk.__code__):
            self._selected(index, inside, node)
        elif code in (operators.update.__code__, operators.left_set.__code__):
            left = inside.local.get("left", None)
            right = code is operators.update.__code__ and isinstance(left, dict)
            note = side_note(node, right, step.source) if isinstance(node, Binary) else None
            self.notes += [note] if note else []
        elif code is operators.concat_lists.__code__:
            self._add("while evaluating one of the elements to concatenate", at)
        elif code is operators.overriding.__code__ and self._next(index + 1) is not None:
            self._add("while evaluating the `__overrides` attribute", None)
        elif code is operators.from_with.__code__ and isinstance(self.error, TypeMismatch):
            scopes = [outer for outer in step.path if isinstance(outer, With)]
            if self._next(index + 1) is None and scopes:
                self._add(
                    "while evaluating the first subexpression of a with expression",
                    step.source.source.at(scopes[-1].pos),
                )
        elif code in _ARITHMETIC:
            self._arithmetic(index, inside, at)
        elif code is operators.dynamic_attrs.__code__ and self._is_name_mismatch():
            self._add("while evaluating the name of a dynamic attribute", self.error.pos)
        else:
            self._segment(index + 1, step, node)

    def _unnamed(self, index: int, step: Step, node: Node) -> bool:
        """A computed name that is no text, where the error is about one."""
        later = self.steps[index + 1 :]
        if not isinstance(self.error, TypeMismatch) or any(one.source for one in later):
            return False
        named: Node | str | None = None
        if later[0].code is operators.attribute_name.__code__:
            named = node
        elif later[0].code in _WALKS and isinstance(node, (Select, HasAttr)):
            if len(later) == 1 or later[1].code is not operators.attribute_name.__code__:
                return False
            name = later[0].local["name"]
            found = zip(node.path, later[0].local["names"], strict=True)
            named = next(expr for expr, given in found if given is name)
        if not isinstance(named, Expr) or step.source is None:
            return False
        if isinstance(node, Select) and named in node.path:
            self._reached(step, node, node.path.index(named))
        self.error.pos = own_pos(named, step.source)
        self._add("while evaluating an attribute name", self.error.pos)
        return True

    def _reached(self, step: Step, node: Select, index: int) -> None:
        """``a.b.${name}`` with an error about the name: the attribute that was found before."""
        names = [part for part in node.path[:index] if isinstance(part, str)]
        if not index or len(names) < index:
            return
        parts = (attribute(p) if isinstance(p, str) else f'"${{{show(p)}}}"' for p in node.path)
        shown = ".".join(parts)
        for holder in step.local.values():
            for name in names[:-1]:
                holder = held(holder.get(name)) if isinstance(holder, dict) else None
            if isinstance(holder, Attrs) and names[-1] in holder:
                self._add(
                    f"while evaluating the attribute '{shown}'", self._found(holder, names[-1])
                )
                return

    def _is_name_mismatch(self) -> bool:
        return self.error.operand is not None and not isinstance(self.error, DuplicateAttribute)

    def _selected(self, index: int, select: Step, node: Node) -> None:
        """``a.b.c`` with an error behind one of its attributes."""
        attrs, name = select.local.get("attrs"), select.local.get("name")
        if select.code is operators.select.__code__ and isinstance(node, Select):
            self._before(index, attrs, name, node)
        if not isinstance(attrs, dict) or not isinstance(name, str) or name not in attrs:
            return
        pos = self._found(attrs, name)
        if pos is None or self._next(index + 1) is None:
            return
        shown = attribute(name)
        if isinstance(node, Select):
            names = [attribute(part) if isinstance(part, str) else shown for part in node.path]
            shown = ".".join(names)
        self._add(f"while evaluating the attribute '{shown}'", pos)

    def _found(self, attrs: dict[str, Any], name: str) -> Pos | None:
        """Where a selected attribute is bound; of those that `derivation` adds nothing is told."""
        pos = self._bound(attrs, name)
        return None if pos is not None and pos.file == DERIVATION.file else pos

    def _before(self, index: int, attrs: Any, name: Any, node: Select) -> None:
        """``a.b.c`` where what ``a.b`` gives has no ``c``: the attribute that was found."""
        if name not in node.path[1:] or (isinstance(attrs, dict) and name in attrs):
            return
        last = node.path[node.path.index(name) - 1]
        names = [part for part in node.path if isinstance(part, str)]
        for holder in self.steps[index].local.values():
            if isinstance(holder, Attrs) and last in holder and is_same(holder[str(last)], attrs):
                pos = self._found(holder, str(last))
                shown = ".".join(map(attribute, names))
                if pos is not None and len(names) == len(node.path):
                    self._add(f"while evaluating the attribute '{shown}'", pos)
                return

    def _arithmetic(self, index: int, step: Step, at: Pos) -> None:
        name = _ARITHMETIC[step.code]
        self._add(f"while calling the '{name}' builtin", at)
        self.site = None
        self._operand(index + 1, step, name)
        self._compared(index + 1)

    def _segment(self, index: int, step: Step, node: Node) -> None:
        assert step.source is not None
        for at_index in range(index, min(index + 4, len(self.steps))):
            later = self.steps[at_index]
            if later.source is not None or later.code in self.builtins:
                return
            if later.code is TEXT:
                outer = self.steps[at_index - 1].local
                if "parts" not in outer and at_index > index:  # in a comprehension
                    outer = {**self.steps[at_index - 2].local, **outer}
                number = None
                if "parts" in outer:
                    value = later.local.get("value")
                    number = next(
                        (i for i, p in enumerate(outer["parts"]) if is_same(p, value)), None
                    )
                elif "right" in outer:
                    number = 1 if "text" in outer else 0
                elif self.steps[at_index - 1].code is Coercion.first_operand.__code__:
                    number = 0
                pos = segment_pos(node, number, step.source)
                self._coerced(at_index, "while evaluating a path segment", pos)
                return

    def _runtime(self, index: int, step: Step) -> None:
        if step.code is thunks.force_deep.__code__:
            self._deep(step)
        functor = step.local.get("function")
        if step.code in _FUNCTOR and isinstance(functor, dict):
            self._add(
                "while calling a functor (an attribute set with a '__functor' attribute)", self.site
            )
            self.site = self._bound(functor, "__functor")
        if step.code is thunks.force.__code__ or step.code not in _HELPERS:
            self.site = None
        inside = self._next(index)
        loading = step.code.co_name == "_load" and inside is not None and inside.source
        if loading and self._builtins:
            self._add(f"while evaluating the file '{step.local['path']}':")

    def _deep(self, step: Step) -> None:
        for items, whole in step.local.get("stack", ())[1:]:
            if isinstance(whole, dict):
                name = in_order(whole)[len(whole) - items.__length_hint__() - 1]
                shown = attribute(name)
                self._add(f"while evaluating the attribute '{shown}'", self._bound(whole, name))
