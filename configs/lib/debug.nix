# Looking at values while they are evaluated.
{ lib }:
rec {
  /** Trace only if the condition holds. */
  traceIf = condition: message: value: if condition then builtins.trace message value else value;

  /** Trace `f value` (or the value), give the value. */
  traceValFn = f: value: builtins.trace (f value) value;
  traceVal = traceValFn lib.trivial.id;

  /** Trace a value with everything in it evaluated. */
  traceSeq = shown: value: builtins.trace (builtins.deepSeq shown shown) value;
  traceValSeq = value: traceSeq value value;

  /** The tests (`{ expr, expected }` under names that begin with "test") that fail. */
  runTests =
    tests:
    builtins.concatLists (
      lib.attrsets.mapAttrsToList (
        name: test:
        if lib.strings.hasPrefix "test" name && !(test.expr == test.expected) then
          [
            {
              inherit name;
              inherit (test) expected;
              result = test.expr;
            }
          ]
        else
          [ ]
      ) tests
    );
}
