# Command lines.
{ lib }:
let
  inherit (builtins) isBool isList;
  inherit (lib.generators) mkValueStringDefault;
in
rec {
  /**
    Options from a set: Booleans as flags, lists repeated, null left out. How each is written can be
    changed.

    Type: toGNUCommandLine :: { mkOptionName ?; mkBool ?; mkList ?; mkOption ?; optionValueSeparator ? null; } -> AttrSet -> [String]

    Example:
      cli.toGNUCommandLine { } { data = "id"; X = "PUT"; retry = 3; url = [ "a" "b" ]; silent = false; verbose = true; none = null; }
      => [ "-X" "PUT" "--data" "id" "--retry" "3" "--url" "a" "--url" "b" "--verbose" ]
      cli.toGNUCommandLine { optionValueSeparator = "="; } { retry = 3; }
      => [ "--retry=3" ]
  */
  toGNUCommandLine =
    {
      mkOptionName ? name: if builtins.stringLength name == 1 then "-${name}" else "--${name}",
      mkBool ? name: value: lib.lists.optional value (mkOptionName name),
      mkList ? name: value: builtins.concatMap (mkOption name) value,
      mkOption ?
        name: value:
        if value == null then
          [ ]
        else if optionValueSeparator == null then
          [
            (mkOptionName name)
            (mkValueStringDefault { } value)
          ]
        else
          [ "${mkOptionName name}${optionValueSeparator}${mkValueStringDefault { } value}" ],
      optionValueSeparator ? null,
    }:
    options:
    let
      render =
        name: value:
        if isBool value then
          mkBool name value
        else if isList value then
          mkList name value
        else
          mkOption name value;
    in
    builtins.concatLists (lib.attrsets.mapAttrsToList render options);

  /**
    `toGNUCommandLine` as text for a shell.

    Type: toGNUCommandLineShell :: AttrSet -> AttrSet -> String

    Example:
      cli.toGNUCommandLineShell { } { data = "a b"; v = true; }
      => "--data 'a b' -v"
  */
  toGNUCommandLineShell = settings: options: lib.strings.escapeShellArgs (toGNUCommandLine settings options);
}
