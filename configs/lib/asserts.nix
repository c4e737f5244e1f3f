# Assertions with a message.
{ lib }:
rec {
  /** True, or an error with the message. */
  assertMsg = condition: message: condition || throw message;

  /** Assert that a value is one of a list's. */
  assertOneOf =
    name: value: values:
    assertMsg (builtins.elem value values)
      "${name} must be one of ${lib.generators.toPretty { } values}, but is: ${
        lib.generators.toPretty { } value
      }";

  /** Assert that all values of a list are among another's. */
  assertEachOneOf =
    name: given: values:
    assertMsg (builtins.all (value: builtins.elem value values) given)
      "each element in ${name} must be one of ${lib.generators.toPretty { } values}, but is: ${
        lib.generators.toPretty { } given
      }";

  /** Give a value when all `{ assertion, message }` hold; otherwise throw their messages. */
  checkAssertWarn =
    assertions: warnings: value:
    let
      failed = map (a: a.message) (builtins.filter (a: !a.assertion) assertions);
    in
    if failed != [ ] then
      throw "\nFailed assertions:\n${lib.strings.concatMapStringsSep "\n" (m: "- ${m}") failed}"
    else
      lib.lists.foldr lib.trivial.warn value warnings;
}
