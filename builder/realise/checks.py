"""What a derivation says that its outputs may or must not refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from builder.realise.environment import attributes
from builder.realise.errors import BuildError
from builder.store.derivation import Derivation
from builder.store.paths import StorePath


def check_references(
    derivation: Derivation,
    references: Mapping[str, Iterable[StorePath]],
    closures: Mapping[str, Iterable[StorePath]],
) -> None:
    """Raise BuildError when an output refers to what it must not.

    `references` and `closures` give, for each output, what it refers to
    directly, and through others.
    """
    given = attributes(derivation)
    per_output = given.get("outputChecks", {}) if "__json" in derivation.env else {}
    for output in sorted(derivation.outputs):
        rules = per_output.get(output, {}) if "__json" in derivation.env else given
        for name, found, allows in (
            ("allowedReferences", references, True),
            ("allowedRequisites", closures, True),
            ("disallowedReferences", references, False),
            ("disallowedRequisites", closures, False),
        ):
            if name in rules:
                named = _paths(derivation, rules[name])
                bad = [path for path in sorted(found[output]) if (path in named) != allows]
                if bad:
                    listed = "\n".join(f"  {path}" for path in bad)
                    raise BuildError(
                        f"output '{output}' of '{derivation.name}' is not allowed by its "
                        f"{name} to refer to\n{listed}"
                    )


def _paths(derivation: Derivation, value: object) -> set[StorePath]:
    items = value if isinstance(value, list) else str(value).split()
    outputs = derivation.output_paths()
    return {
        outputs[str(item)] if str(item) in outputs else StorePath.split(str(item))[0]
        for item in items
    }
