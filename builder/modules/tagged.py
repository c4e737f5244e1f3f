"""Sets with exactly one of some attributes."""

from __future__ import annotations

from typing import Any

from builder.lang.errors import ThrownError
from builder.lang.expect import want_attrs
from builder.lang.thunks import force
from builder.lang.values import Thunk, Value
from builder.lang.words import attribute, quoted
from builder.modules.definition import Definition, Loc, inner, kind_of, place_of, show_loc
from builder.modules.option import Declaration, combine_declarations, evaluate_option
from builder.modules.option_type import OptionType, as_type
from builder.modules.report import list_files

_FILE = "<attrTag {...}>"


class AttrTag(OptionType):
    """A set with exactly one of some attributes, each with its own option.

    `tags` maps each name to the declarations of its option.
    """

    name = "attrTag"
    description = "attribute-tagged union"

    def __init__(self, tags: dict[str, list[Declaration]]) -> None:
        self.tags = tags

    def accepts(self, value: Any) -> bool:
        """Whether it has one of the tags and nothing else."""
        return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in self.tags

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """All definitions must have the same tag; their values merge by its option."""
        choices = [next(iter(want_attrs(d.value))) for d in definitions]
        tag = choices[0]
        files = list_files(d.where for d in definitions)
        for other in choices:
            if other != tag:
                raise ThrownError(
                    f"The option `{show_loc(loc)}` is defined both as `{tag}` and `{other}`, in "
                    f"{files}."
                )
        if tag not in self.tags:
            valid = ", ".join(attribute(name) for name in sorted(self.tags))
            raise ThrownError(
                f"The option `{show_loc(loc)}` is defined as {attribute(tag)}, but "
                f"{attribute(tag)} is not among the valid choices ({valid}). Value {tag} was "
                f"defined in {files}."
            )
        parts = [inner(want_attrs(d.value), tag, d) for d in definitions]
        place = (*loc, tag)
        return {tag: Thunk(lambda: force(evaluate_option(place, self.tags[tag], parts)["value"]))}

    def payload(self) -> dict[str, Value] | None:
        """The tags' options."""
        return {
            "tags": {
                name: combine_declarations((name,), declarations)
                for name, declarations in self.tags.items()
            }
        }

    def nested(self) -> dict[str, OptionType]:
        """The tags' types."""
        found = {}
        for name, declarations in self.tags.items():
            declared = combine_declarations((name,), declarations)
            if "type" in declared:
                found[name] = as_type(declared["type"])
        return found

    def sub_options(self, prefix: Loc) -> Value:
        """The tags' options."""
        return {
            name: Thunk(lambda name=name: evaluate_option((*prefix, name), self.tags[name], []))
            for name in self.tags
        }

    def combined(self, other: OptionType) -> OptionType | None:
        """The tags of both; what both have is declared twice."""
        if not isinstance(other, AttrTag):
            return None
        tags = dict(self.tags)
        for name, declarations in other.tags.items():
            tags[name] = [*tags.get(name, []), *declarations]
            combine_declarations((name,), tags[name])
        return AttrTag(tags)


def attr_tag(tags: dict[str, Value]) -> AttrTag:
    """The type from options by their tags. Raises `ThrownError` for anything else than options."""
    found = {}
    for name, value in tags.items():
        option = force(value)
        kind = kind_of(option)
        if kind != "option":
            if kind == "option-type":
                why = "was a bare type, not wrapped in mkOption."
            else:
                why = "was not." if kind is None else f"was of type {quoted(kind)}."
            raise ThrownError(
                f"In attrTag, each tag value must be an option, but tag {attribute(name)} {why}"
            )
        place = place_of(tags, name)
        file = _FILE if place is None else place[0]
        found[name] = [Declaration(file, option, place)]
    return AttrTag(found)
