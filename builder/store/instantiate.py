"""From what ``derivationStrict`` was given to a derivation whose outputs have paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from builder.store.derivation import Derivation, Output
from builder.store.errors import FormatError
from builder.store.hash_modulo import HashModulo
from builder.store.hashes import Hash
from builder.store.paths import (
    StorePath,
    check_name,
    make_fixed_output_path,
    make_output_path,
    make_text_path,
)


def instantiate(
    *,
    name: str,
    system: str,
    builder: str,
    args: Sequence[str],
    env: Mapping[str, str],
    outputs: Sequence[str] = ("out",),
    output_hash: Hash | None = None,
    recursive: bool = False,
    input_srcs: Iterable[StorePath] = (),
    input_drvs: Mapping[StorePath, Iterable[str]],
    modulo: HashModulo,
) -> tuple[StorePath, Derivation]:
    """The ``.drv`` path and the derivation, byte for byte as Nix computes them.

    `env` is what the builder will see, without the outputs' variables (for
    structured attributes: only ``__json``). `output_hash` makes it a fixed
    output, hashed as a NAR when `recursive`. `modulo` must be able to look
    every key of `input_drvs` up; it remembers the result. Raises FormatError
    for a bad name, no or doubled outputs, or a fixed output that is not the
    single one called "out".
    """
    check_name(name)
    if name.endswith(".drv"):
        raise FormatError(
            f"derivation names are not allowed to end in '.drv', but this one is called '{name}'"
        )
    _check_outputs(name, outputs, output_hash)
    drvs = {path: frozenset(names) for path, names in input_drvs.items()}
    sources = frozenset(input_srcs)

    def derivation(made: Mapping[str, Output]) -> Derivation:
        paths = {key: "" if o.path is None else str(o.path) for key, o in made.items()}
        return Derivation(
            name=name,
            outputs=made,
            input_drvs=drvs,
            input_srcs=sources,
            system=system,
            builder=builder,
            args=tuple(args),
            env={**env, **paths},
        )

    if output_hash is not None:
        path = make_fixed_output_path(name, output_hash, recursive=recursive)
        result = derivation({"out": Output(path=path, content=output_hash, recursive=recursive)})
    else:
        unnamed = derivation({output: Output(path=None) for output in outputs})
        digest = modulo.of_unnamed(unnamed)
        # In the order of their names: of several bad ones the first is told of.
        made = {name_: make_output_path(name_, digest, name) for name_ in sorted(outputs)}
        result = derivation({output: Output(path=made[output]) for output in outputs})
    drv_path = derivation_path(result)
    modulo.remember(drv_path, result)
    return drv_path, result


def derivation_path(derivation: Derivation) -> StorePath:
    """Where the ``.drv`` file of `derivation` lies."""
    return make_text_path(derivation.name + ".drv", derivation.to_aterm(), derivation.references())


def _check_outputs(name: str, outputs: Sequence[str], output_hash: Hash | None) -> None:
    if not outputs:
        raise FormatError(f"derivation '{name}' cannot have an empty set of outputs")
    for output in outputs:
        if list(outputs).count(output) > 1:
            raise FormatError(f"duplicate derivation output '{output}' in '{name}'")
    if output_hash is not None and tuple(outputs) != ("out",):
        raise FormatError(
            f"multiple outputs are not supported in fixed-output derivations ('{name}')"
        )
