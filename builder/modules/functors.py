"""How types are made of their parts, as the functors of their sets tell it.

A functor's `payload` is what a type was made of, `type` makes such a type of a payload, and
`binOp` gives the payload of the type that two payloads' types make together.
"""

from __future__ import annotations

from builder.lang.expect import want_attrs, want_list, want_text
from builder.lang.thunks import force
from builder.lang.values import Value
from builder.modules import alternatives, composed, containers, scalars, submodule, texts, wrapped
from builder.modules.option_type import OptionType, as_set, as_type, function, later
from builder.modules.tagged import AttrTag, attr_tag


def maker(native: OptionType, made: Value) -> Value:
    """A functor's `type`: a function of the payload; the type itself when it is made of nothing."""
    if isinstance(native, alternatives.Either):
        return function(
            "type", 2, lambda one, two: as_set(alternatives.Either(later(one), later(two)))
        )
    if native.payload() is None:
        return made
    return function("type", 1, lambda payload: as_set(_rebuilt(native, want_attrs(payload))))


def united(native: OptionType, one: Value, two: Value) -> Value:
    """A functor's `binOp`; null when the types do not combine, or are made of nothing."""
    if one is None or two is None or force(one) is None or force(two) is None:
        return None
    both = _rebuilt(native, want_attrs(one)).combine(_rebuilt(native, want_attrs(two)))
    return None if both is None else both.payload()


def _rebuilt(native: OptionType, payload: dict[str, Value]) -> OptionType:
    """A type like another of other parts."""
    match native:
        case containers.AttrsOf():
            return as_type(composed.attrs_with(payload))
        case containers.ListOf(non_empty=non_empty):
            return containers.ListOf(later(payload["elemType"]), non_empty=non_empty)
        case alternatives.Either():
            left, right = want_list(payload["elemType"])
            return alternatives.Either(later(left), later(right))
        case scalars.Enum():
            return scalars.Enum(want_list(payload["values"]))
        case AttrTag():
            return attr_tag(want_attrs(payload["tags"]))
        case submodule.Submodule():
            return native.made_of(payload)
        case submodule.DeferredModule():
            return native.with_sub_modules(want_list(payload["staticModules"]))
        case wrapped.Wrapped():
            return native.rebuilt(as_type(payload["elemType"]))
        case _ if "sep" in payload:
            return texts.separated(want_text(payload["sep"]))
        case _ if "pattern" in payload:
            return texts.matching(want_text(payload["pattern"]))
        case _:
            return as_type(composed.path_with(payload))
