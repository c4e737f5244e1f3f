"""The lines of a trace about builtins: that they were called, and with what."""

from __future__ import annotations

from types import FunctionType

from builder.lang import comparison, expect
from builder.lang.argument_notes import kind, lacking_line, line, other_line
from builder.lang.builtins.derivations import DERIVATION
from builder.lang.errors import MissingAttribute, Note, Shown, TypeMismatch
from builder.lang.printing import function_pos
from builder.lang.source import Pos
from builder.lang.thunks import force
from builder.lang.trace_lines import TEXT, TraceLines, is_same
from builder.lang.traceback_frames import Step

_WANTS = frozenset(name for name in vars(expect) if name.startswith("want_"))


class BuiltinLines(TraceLines):
    """The part that deals with builtins."""

    def _operand(self, index: int, step: Step, name: str) -> None:
        """An operand of a calculation that is no number."""
        left, wrong = step.local.get("left", 0), step.local.get("right")
        for later in self.steps[index:]:
            wrong = later.local.get("value", wrong)
        if isinstance(self.error, TypeMismatch) and name != "lessThan":
            self._add(line(name, 0 if wrong is left and step.code.co_argcount > 1 else 1))

    def _builtin(self, index: int, step: Step, name: str) -> None:
        at, self.site, self._json = self.site, None, None
        self._builtins += 1
        if name == "derivation":
            self._derivation(index, at)
            return
        if name not in ("addErrorContext", "break"):  # `break` gives back what is evaluated later
            self._add(f"while calling the '{name}' builtin", at)
        inside = self._next(index)
        started = "seen" in step.local
        if inside is None:
            if isinstance(self.error, MissingAttribute):
                attr = self.error.message.split("'")[1]
                text = lacking_line(name, attr, started)
                self.notes += [Note(text, None)] if text else []
            return
        if name == "fromJSON" and inside.code.co_name == "from_json":
            self._add("while decoding a JSON string")
        if name in ("add", "sub", "mul", "div") and inside.code.co_name != "force":
            self._operand(index + 1, inside, name)
            return
        for at_index in range(index + 1, len(self.steps)):
            later = self.steps[at_index]
            if later.source is not None or later.code in self.builtins:
                return
            if later.code is comparison.less.__code__:
                self._compared(at_index, name)
                return
            if later.code.co_name in _WANTS or later.code is TEXT:
                self._wanted(at_index, step, name, started)
                return

    def _derivation(self, index: int, at: Pos | None) -> None:
        """The call of `derivation`, which is a function of a file in Nix."""
        inside = [step.code for step in self.steps[index + 1 : index + 4]]
        refused = expect.want_attrs.__code__ in inside[:2]
        if at is not None:
            self._add("from call site", at, Shown.SHORT if refused else Shown.WHOLE)
        if not refused:
            self._add("while calling anonymous lambda", DERIVATION, Shown.WHOLE)
        elif isinstance(self.error, TypeMismatch) and len(inside) == 2:
            self._add("while evaluating the value passed for the lambda argument", DERIVATION)

    def _wanted(self, index: int, step: Step, name: str, started: bool) -> None:
        """A builtin looks at a value: an argument, or another one."""
        looking = self.steps[index]
        value = looking.local.get("value")
        names = step.code.co_varnames[: step.code.co_argcount]
        arguments = [step.local.get(each) for each in names if each != "self"]
        fitting = [i for i, arg in enumerate(arguments) if is_same(arg, value) and kind(name, i)]
        # Where one value stands for two arguments, the list is the later one.
        found = None
        if fitting:
            found = fitting[-1] if looking.code.co_name == "want_list" else fitting[0]
        check = "text" if looking.code is TEXT else looking.code.co_name
        if found is not None:
            text: str | None = line(name, found)
            always = kind(name, found) == "any"
        else:
            text, always = other_line(name, check, started), check != "want_attrs"
            always = always and check not in ("want_list", "text")
        if text is None:
            return
        if check == "text":
            self._coerced(index, text, None)
        elif always or all(later.code.co_name in _WANTS for later in self.steps[index:]):
            self._add(text, None if found is not None else self._value_pos(name, check, step))

    def _value_pos(self, name: str, check: str, step: Step) -> Pos | None:
        """The place of a value that a builtin looks at, where it says one."""
        if (name, check) == ("concatMap", "want_list"):
            function = force(step.local.get("function"))
            return function_pos(function) if type(function) is FunctionType else None
        return None

    def _compared(self, index: int, name: str = "") -> None:
        """Values that have no order."""
        rest = self.steps[index:]
        if any(step.code is not comparison.less.__code__ for step in rest):
            return
        if name == "genericClosure":
            self._add("while comparing the `key` attributes of two genericClosure elements")
        elif name == "sort":
            self._add("while evaluating the ordering function passed to builtins.sort")
        if len(rest) > 1:
            self._add("while comparing two list elements")
