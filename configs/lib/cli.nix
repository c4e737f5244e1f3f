# Command lines.
{ lib }:
rec {
  /** Options from a set: Booleans as flags, lists repeated, null left out. */
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
          [ (mkOptionName name) (lib.generators.mkValueStringDefault { } value) ]
        else
          [ "${mkOptionName name}${optionValueSeparator}${lib.generators.mkValueStringDefault { } value}" ],
      optionValueSeparator ? null,
    }:
    options:
    builtins.concatLists (
      lib.attrsets.mapAttrsToList (
        name: value:
        if builtins.isBool value then
          mkBool name value
        else if builtins.isList value then
          mkList name value
        else
          mkOption name value
      ) options
    );

  /** The same as text for a shell. */
  toGNUCommandLineShell = options: attrs: lib.strings.escapeShellArgs (toGNUCommandLine options attrs);
}
