# Assertions with a message.
{ lib }:
let
  show = lib.generators.toPretty { };
in
rec {
  /**
    True, or an error with the message; for use after `assert`.

    Type: assertMsg :: Bool -> String -> Bool

    Example:
      assertMsg true "never shown"
      => true
      assertMsg false "this must not be"
      => error: this must not be
  */
  assertMsg = condition: message: condition || throw message;

  /**
    True if a value is one of a list, or an error that names both.

    Type: assertOneOf :: String -> a -> [a] -> Bool

    Example:
      assertOneOf "sslLibrary" "libressl" [ "openssl" "libressl" ]
      => true
      assertOneOf "sslLibrary" "bearssl" [ "openssl" ]
      => error: sslLibrary must be one of [
  */
  assertOneOf =
    name: value: values:
    assertMsg (builtins.elem value values) "${name} must be one of ${show values}, but is: ${show value}";

  /**
    True if all values of a list are among those of another, or an error that names both.

    Type: assertEachOneOf :: String -> [a] -> [a] -> Bool

    Example:
      assertEachOneOf "sslLibraries" [ "openssl" ] [ "openssl" "bearssl" ]
      => true
      assertEachOneOf "sslLibraries" [ "a" ] [ "b" ]
      => error: each element in sslLibraries must be one of [
  */
  assertEachOneOf =
    name: given: values:
    assertMsg (builtins.all (value: builtins.elem value values) given)
      "each element in ${name} must be one of ${show values}, but is: ${show given}";

  /**
    A value whose assertions (`{ assertion, message }`) all hold, after its warnings are shown;
    otherwise an error with the messages of those that fail.

    Type: checkAssertWarn :: [ { assertion :: Bool; message :: String; } ] -> [String] -> a -> a

    Example:
      checkAssertWarn [ { assertion = true; message = "fine"; } ] [ ] 1
      => 1
      checkAssertWarn [ { assertion = false; message = "one"; } { assertion = false; message = "two"; } ] [ ] 1
      => error: Failed assertions:
  */
  checkAssertWarn =
    assertions: warnings: value:
    let
      failed = map (a: a.message) (builtins.filter (a: !a.assertion) assertions);
    in
    if failed != [ ] then
      throw "\nFailed assertions:\n${lib.strings.concatMapStringsSep "\n" (message: "- ${message}") failed}"
    else
      lib.trivial.showWarnings warnings value;
}
