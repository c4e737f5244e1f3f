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

  /**
    Options from a set, each written as a function of its name says: `option` is the option itself,
    `sep` what stands between it and its argument (null: the argument is a word of its own),
    `explicitBool` whether Booleans are arguments like others instead of flags, `formatArg` how an
    argument becomes text. Lists are repeated, null is left out.

    Type: toCommandLine :: (String -> { option; sep; explicitBool; formatArg ?; }) -> AttrSet -> [String]

    Example:
      cli.toCommandLine (name: { option = "-${name}"; sep = null; explicitBool = true; }) { n = [ 1 2 ]; v = true; x = null; }
      => [ "-n" "1" "-n" "2" "-v" "true" ]
      cli.toCommandLine (name: { option = "-${name}"; sep = null; explicitBool = true; }) { "" = 1; }
      => error: lib.cli.toCommandLine only accepts non-empty option names.
  */
  toCommandLine =
    optionFormat: attrs:
    let
      words =
        {
          option,
          sep,
          explicitBool,
          formatArg ? mkValueStringDefault { },
        }:
        value:
        if value == null || (!explicitBool && value == false) then
          [ ]
        else if !explicitBool && value == true then
          [ option ]
        else if sep == null then
          [
            option
            (formatArg value)
          ]
        else
          [ "${option}${sep}${formatArg value}" ];
      render =
        name: value:
        if name == "" then
          throw "lib.cli.toCommandLine only accepts non-empty option names."
        else
          builtins.concatMap (words (optionFormat name)) (if isList value then value else [ value ]);
    in
    builtins.concatLists (lib.attrsets.mapAttrsToList render attrs);

  /**
    `toCommandLine` as text for a shell.

    Type: toCommandLineShell :: (String -> AttrSet) -> AttrSet -> String

    Example:
      cli.toCommandLineShell (name: { option = "-${name}"; sep = "="; explicitBool = false; }) { d = "a b"; v = true; }
      => "'-d=a b' -v"
  */
  toCommandLineShell = optionFormat: attrs: lib.strings.escapeShellArgs (toCommandLine optionFormat attrs);

  /**
    Options from a set as programs of GNU take them: `--name=argument`, and `-nargument` for names of
    one character.

    Type: toCommandLineGNU :: { isLong ?; explicitBool ? false; formatArg ?; } -> AttrSet -> [String]

    Example:
      cli.toCommandLineGNU { } { i = ".bak"; n = false; suite = [ "a" "b" ]; verbose = true; }
      => [ "-i.bak" "--suite=a" "--suite=b" "--verbose" ]
  */
  toCommandLineGNU =
    {
      isLong ? name: builtins.stringLength name > 1,
      explicitBool ? false,
      formatArg ? mkValueStringDefault { },
    }:
    toCommandLine (name: {
      option = if isLong name then "--${name}" else "-${name}";
      sep = if isLong name then "=" else "";
      inherit explicitBool formatArg;
    });

  /**
    `toCommandLineGNU` as text for a shell.

    Type: toCommandLineShellGNU :: AttrSet -> AttrSet -> String

    Example:
      cli.toCommandLineShellGNU { } { data = "a b"; v = true; }
      => "'--data=a b' -v"
  */
  toCommandLineShellGNU = settings: attrs: lib.strings.escapeShellArgs (toCommandLineGNU settings attrs);
}
