"""All definitions of one option become its value."""

from __future__ import annotations

from typing import Any

from builder.lang.errors import NixError, ThrownError
from builder.lang.once import once
from builder.lang.operators import MISSING
from builder.lang.thunks import force
from builder.lang.values import ManyPositions, Value, make_attrs
from builder.modules.definition import (
    DEFAULT_PRIORITY,
    LEAST_PRIORITY,
    Definition,
    Loc,
    priority_of,
    settle,
    show_loc,
    strongest,
    weigh,
)
from builder.modules.option_type import OptionType
from builder.modules.report import list_definitions


class Merged:
    """The definitions of an option (or of an element of one), settled when asked."""

    def __init__(self, loc: Loc, type_: OptionType, definitions: list[Definition]) -> None:
        self.loc = loc
        self.type = type_
        self.given = definitions

    @once
    def settled(self) -> list[Definition]:
        """The definitions whose conditions hold, of every priority."""
        return [found for definition in self.given for found in self.settle_one(definition)]

    def settle_one(self, definition: Definition) -> list[Definition]:
        """What of one definition applies."""
        try:
            return settle(definition)
        except NixError as error:
            self._within(error, definition)
            raise

    def _weigh_one(self, definition: Definition) -> list[tuple[Definition, bool]]:
        try:
            return weigh(definition)
        except NixError as error:
            self._within(error, definition)
            raise

    def _within(self, error: NixError, definition: Definition) -> None:
        error.within(
            f"while evaluating the definition of `{show_loc(self.loc)}' in `{definition.where}'"
        )

    @once
    def _weighed(self) -> list[tuple[Definition, bool]]:
        """The definitions as far as their priorities need them evaluated; see `weigh`."""
        return [weighed for definition in self.given for weighed in self._weigh_one(definition)]

    @once
    def final(self) -> list[Definition]:
        """The definitions that count, in the order in which they are merged.

        One that is weaker than another that applies is not evaluated.
        """
        if len(self.given) == 1 and self.given[0].priority is not None:
            return strongest(self.settle_one(self.given[0]))
        found: list[list[Definition]] = []
        waiting: list[tuple[int, int]] = []
        best = LEAST_PRIORITY
        weighed = self._weighed
        for index, (definition, is_settled) in enumerate(weighed):
            if is_settled:
                found.append([definition])
                best = min(best, DEFAULT_PRIORITY)
            else:
                found.append([])
                waiting.append((priority_of(definition), index))
        for priority, index in sorted(waiting):
            if priority > best:
                break
            found[index] = self.settle_one(weighed[index][0])
            best = min([best, *map(priority_of, found[index])])
        return strongest([definition for part in found for definition in part])

    @property
    def priority(self) -> int:
        """The best priority, whatever stands inside of it; 9999 without any definition."""
        return min((priority_of(d) for d, _ in self._weighed), default=LEAST_PRIORITY)

    @property
    def is_defined(self) -> bool:
        """Whether any definition applies."""
        return bool(self.final)

    def value(self) -> Any:
        """The merged value, forced. Raises `ThrownError` when there is none."""
        if not self.final:
            raise ThrownError(
                f"The option `{show_loc(self.loc)}' was accessed but has no value defined. "
                "Try setting the option."
            )
        final = self.final
        wrong = [d for d in final if not self._accepts(d)]
        if wrong:
            raise ThrownError(
                f"A definition for option `{show_loc(self.loc)}' is not of type "
                f"`{self.type.description}'. Definition values:{list_definitions(wrong)}"
            )
        return force(self.type.merge(self.loc, final))

    def _accepts(self, definition: Definition) -> bool:
        return self.type.accepts(force(definition.value))

    def value_or_empty(self) -> Any:
        """The merged value, or the type's empty value when nothing defines it."""
        if not self.final:
            empty = self.type.empty()
            if empty is not MISSING:
                return force(empty)
        return self.value()

    def located(self) -> list[Value]:
        """`{ file, value }` for each definition that counts; `value` is bound where that is."""
        return [
            make_attrs({"file": d.file, "value": d.value}, ManyPositions({"value": d.place}))
            if d.place is not None
            else {"file": d.file, "value": d.value}
            for d in self.final
        ]
