"""`neve eval` prints what is wrong inside of a value where it stands, as ``nix eval`` does."""

from __future__ import annotations

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_answer
from tests.lang.ours import TracedHost
from tests.reference import nix

DIGEST = "0" * 32
VALUES = (
    '{ a = throw "x"; b = [ (throw "y") 1 ]; }',
    '[ (throw "a\\nb") (throw "\\t a\\u001b[31m ") ]',
    '{ a = 1 + "x"; b.c = abort "q"; d = assert false; 1; e = { }.x; }',
    "{ a = (x: x.y) { }; f = ({ b }: b) { }; g = 1 1; }",
    "{ e = let x = x; in x; }",
    "let f = n: f (n + 1); in { a = f 1; }",
    "let x = { a = y; }; y = { b = throw 1; c = y; }; in [ x y ]",
    '[ (throw "a") (builtins.tryEval (throw "b")) ]',
    '{ a = builtins.addErrorContext "while" (throw "k"); }',
    '{ a.type = throw "z"; b = { type = "derivation"; }; c = { type = 1; }; }',
    '{ type = throw "z"; }',
    '{ type = "derivation"; drvPath = throw "q"; a = 2; }',
    '{ type = "derivation"; drvPath = [ ]; }',
    '{ a = { type = "derivation"; drvPath = "/nix/store/x"; }; }',
    '{ type = "derivation"; drvPath.outPath = "/x"; }',
    f'{{ type = "derivation"; drvPath.outPath = "/nix/store/{DIGEST}-a.drv"; }}',
    'derivation { name = "x"; system = 1; }',
)


@pytest.mark.parametrize("program", VALUES)
def test_answer(program: str) -> None:
    """The value is printed as the reference prints it."""
    ran = nix().run("nix", "--store", "dummy://", "eval", "--impure", "--expr", program)
    assert ran.status == 0
    evaluator = Evaluator(TracedHost())
    value = evaluator.eval_string(program)
    shown = evaluator.run(lambda: print_answer(value, evaluator.coercion))
    assert f"{shown}\n" == ran.out


def test_an_error_of_the_value_itself() -> None:
    evaluator = Evaluator(TracedHost())
    value = evaluator.eval_string('{ a = throw "x"; }')
    with pytest.raises(NixError, match="x"):
        evaluator.run(lambda: print_answer(value["a"], evaluator.coercion))
