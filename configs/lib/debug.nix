# Looking at values while they are evaluated, and testing functions.
{ lib }:
let
  inherit (builtins) deepSeq isAttrs isList trace;

  # A value cut at a depth: what is deeper stands as "…", in sets and lists.
  cut =
    depth: value:
    let
      go =
        left: v:
        if isList v then
          (if left == 0 then fence "[…]" else map (go (left - 1)) v)
        else if isAttrs v then
          (
            if left == 0 then
              fence (if lib.attrsets.isDerivation v then "<${v.name or "derivation"}>" else "{…}")
            else
              builtins.mapAttrs (_: go (left - 1)) v
          )
        else
          v;
      # Printed without the quotes of a string.
      fence = text: {
        __pretty = lib.trivial.id;
        val = text;
      };
    in
    lib.generators.toPretty { allowPrettyValues = true; } (go depth value);
in
rec {
  inherit (builtins) addErrorContext trace unsafeGetAttrPos;

  /**
    Trace a message if a condition holds, then give the value.

    Type: traceIf :: Bool -> String -> a -> a

    Example:
      traceIf false "never shown" 3
      => 3
  */
  traceIf = condition: message: value: if condition then trace message value else value;

  /**
    Trace what a function makes of a value, then give the value.

    Type: traceValFn :: (a -> b) -> a -> a

    Example:
      traceValFn (v: "mystring ${v}") "foo"
      => "foo"
  */
  traceValFn = f: value: trace (f value) value;

  /**
    Trace a value, then give it.

    Type: traceVal :: a -> a

    Example:
      traceVal 42
      => 42
  */
  traceVal = traceValFn lib.trivial.id;

  /**
    Trace the first value with everything in it evaluated, then give the second.

    Type: traceSeq :: a -> b -> b

    Example:
      traceSeq { a.b.c = 3; } null
      => null
  */
  traceSeq = shown: value: trace (deepSeq shown shown) value;

  /**
    `traceSeq` to a depth: what is deeper is not evaluated.

    Type: traceSeqN :: Int -> a -> b -> b

    Example:
      traceSeqN 1 { a.b = throw "never"; } null
      => null
  */
  traceSeqN = depth: shown: value: trace (cut depth shown) value;

  /**
    Trace what a function makes of a value, everything in it evaluated; then give the value.

    Type: traceValSeqFn :: (a -> b) -> a -> a

    Example:
      traceValSeqFn (v: v // { d = "foo"; }) { a.b.c = 3; }
      => { a = { b = { c = 3; }; }; }
  */
  traceValSeqFn = f: value: traceValFn f (deepSeq value value);

  /**
    Trace a value with everything in it evaluated, then give it.

    Type: traceValSeq :: a -> a

    Example:
      traceValSeq { a.b.c = 3; }
      => { a = { b = { c = 3; }; }; }
  */
  traceValSeq = traceValSeqFn lib.trivial.id;

  /**
    `traceSeqN` of what a function makes of a value; then the value.

    Type: traceValSeqNFn :: (a -> b) -> Int -> a -> a

    Example:
      traceValSeqNFn (v: v // { d = "foo"; }) 2 { a.b.c = 3; }
      => { a = { b = { c = 3; }; }; }
  */
  traceValSeqNFn = f: depth: value: traceSeqN depth (f value) value;

  /**
    Trace a value to a depth, then give it.

    Type: traceValSeqN :: Int -> a -> a

    Example:
      traceValSeqN 2 { a.b.c = 3; }
      => { a = { b = { c = 3; }; }; }
  */
  traceValSeqN = traceValSeqNFn lib.trivial.id;

  /**
    Trace the argument and the result of a function, each to a depth, under a name.

    Type: traceFnSeqN :: Int -> String -> (a -> b) -> a -> b

    Example:
      traceFnSeqN 2 "id" (x: x) { a.b.c = 3; }
      => { a = { b = { c = 3; }; }; }
  */
  traceFnSeqN =
    depth: name: f: value:
    let
      result = f value;
    in
    traceSeqN (depth + 1) {
      fn = name;
      from = value;
      to = result;
    } result;

  /**
    The tests that fail of a set: each is `{ expr, expected }` under a name that begins with "test".
    An attribute `tests` limits the run to the names that it lists.

    Type: runTests :: { tests :: [String]; ${name} :: { expr :: a; expected :: a; }; } -> [ { name; expected; result; } ]

    Example:
      runTests { testRight = { expr = 1; expected = 1; }; testWrong = { expr = 1; expected = 2; }; }
      => [ { name = "testWrong"; expected = 2; result = 1; } ]
  */
  runTests =
    tests:
    let
      chosen = tests.tests or [ ];
      run =
        name: test:
        lib.lists.optional
          (
            (builtins.elem name chosen || (chosen == [ ] && lib.strings.hasPrefix "test" name))
            && test.expr != test.expected
          )
          {
            inherit name;
            inherit (test) expected;
            result = test.expr;
          };
    in
    builtins.concatLists (lib.attrsets.mapAttrsToList run tests);

  /**
    A test for `runTests` that all elements of a list are true.

    Type: testAllTrue :: [Bool] -> { expr :: [Bool]; expected :: [Bool]; }

    Example:
      runTests { testX = testAllTrue [ true true ]; }
      => [ ]
  */
  testAllTrue = expr: {
    inherit expr;
    expected = map (_: true) expr;
  };

  /**
    An error that shows the failures that `runTests` gave; the value when there are none.

    Type: throwTestFailures :: { failures :: [ { name; expected; result; } ]; description :: String; } -> null

    Example:
      throwTestFailures { failures = [ ]; }
      => null
      throwTestFailures { failures = runTests { testA = { expr = 1; expected = 2; }; }; description = "cases"; }
      => error: 1 cases failed:
  */
  throwTestFailures =
    {
      failures,
      description ? "tests",
    }:
    let
      show = lib.generators.toPretty { };
      one = failure: "- ${failure.name}: expected ${show failure.expected}, got ${show failure.result}";
    in
    if failures == [ ] then
      null
    else
      throw "${toString (builtins.length failures)} ${description} failed:\n${lib.strings.concatMapStringsSep "\n" one failures}";
}
