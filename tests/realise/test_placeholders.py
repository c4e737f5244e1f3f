"""Placeholders give way to the outputs' paths."""

from __future__ import annotations

from builder.realise.placeholders import filled, placeholder
from builder.store.derivation import Derivation
from builder.store.hash_modulo import HashModulo
from builder.store.instantiate import instantiate
from builder.store.paths import StorePath


def _no_inputs(path: StorePath) -> Derivation:
    raise KeyError(path)


def test_placeholder_is_nix_own() -> None:
    # nix-instantiate --eval --expr 'builtins.placeholder "out"'
    assert placeholder("out") == "/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9"


def test_filled() -> None:
    _, derivation = instantiate(
        name="x",
        system="builtin",
        builder="builtin:tree",
        args=[f"--to={placeholder('dev')}"],
        env={"text": f"{placeholder('out')}/init"},
        outputs=("out", "dev"),
        input_drvs={},
        modulo=HashModulo(_no_inputs),
    )
    paths = derivation.output_paths()
    made = filled(derivation)
    assert made.env["text"] == f"{paths['out']}/init"
    assert made.args == (f"--to={paths['dev']}",)
