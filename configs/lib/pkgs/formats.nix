# `pkgs.formats`: kinds of configuration files, for `settings` options.
#
# A format is a function of what distinguishes its dialects; it gives the type of what the file can
# hold and `generate`: name -> value -> the file. Where lists or single values have a type of their
# own it is `lib.types.atom`.
{
  lib,
  base,
  final,
}:
let
  inherit (lib) types;
  described = type: description: type // { inherit description; };

  # What programs of the sandbox write from the value as JSON, at $valuePath.
  converted =
    {
      type,
      tools,
      command,
    }:
    {
      inherit type;
      generate =
        name: value:
        final.runCommandLocal name {
          nativeBuildInputs = map (tool: base.buildPackages.${tool}) tools;
          value = builtins.toJSON value;
          passAsFile = [ "value" ];
        } command;
    };

  yamlOf =
    version:
    converted {
      type = types.serializableValueWith { typeName = "YAML ${version}"; };
      tools = [ "python3-yaml" ];
      command = ''
        python3 -B -X utf8 ${./yaml.py} < "$valuePath" > $out
      '';
    };

  # One line's value, or several where the dialect knows how to write them.
  #
  # several: null, "keys" (a line for each) or "value" (they become one value)
  atomWith =
    {
      single,
      several,
      coerced,
    }:
    let
      orOne = list: (if coerced then types.coercedTo single lib.singleton else types.either single) list;
    in
    if several == "keys" then
      described (orOne (types.listOf single)) "${single.description} or a list of them for duplicate keys"
    else if several == "value" then
      described (orOne (types.nonEmptyListOf single)) "${single.description} or a non-empty list of them"
    else
      single;

  singleAtom =
    kind:
    described (types.nullOr (
      types.oneOf (
        with types;
        [
          bool
          int
          float
          str
        ]
      )
    )) "${kind} (null, bool, int, float or string)";

  # What the formats of lines share: how lists are written, and what is left for the generator.
  #
  # Fails where two ways of writing a list are given, or none to coerce values to.
  lined =
    {
      who,
      kind,
      coercedUnlessTold ? false,
    }:
    arguments@{
      listsAsDuplicateKeys ? false,
      listToValue ? null,
      atomsCoercedToLists ? null,
      ...
    }:
    let
      several =
        if listsAsDuplicateKeys then
          "keys"
        else if listToValue != null then
          "value"
        else
          null;
    in
    if listsAsDuplicateKeys && listToValue != null then
      throw "formats.${who}: give `listsAsDuplicateKeys` or `listToValue`, not both"
    else if atomsCoercedToLists != null && several == null then
      throw "formats.${who}: `atomsCoercedToLists` needs `listsAsDuplicateKeys` or `listToValue`"
    else
      {
        atom = atomWith {
          single = singleAtom kind;
          inherit several;
          coerced = if atomsCoercedToLists == null then coercedUnlessTold else atomsCoercedToLists;
        };
        options = builtins.removeAttrs arguments [
          "listToValue"
          "atomsCoercedToLists"
        ];
        values =
          if listToValue == null then
            lib.id
          else
            builtins.mapAttrs (_: value: if lib.isList value then listToValue value else value);
      };

  iniLines =
    who:
    lined {
      inherit who;
      kind = "INI atom";
    };
  sectionOf =
    atom: described (types.attrsOf atom) "section of an INI file (attrs of ${atom.description})";
in
{
  formats = rec {
    json =
      { }:
      converted {
        type = types.json;
        tools = [ "jq" ];
        command = ''jq . "$valuePath" > $out'';
      };

    yaml = yaml_1_1;
    yaml_1_1 = { }: yamlOf "1.1";
    yaml_1_2 = { }: yamlOf "1.2";

    toml =
      { }:
      {
        type = types.toml;
        generate = name: value: final.writeText name (lib.generators.toTOML { } value);
      };

    ini =
      arguments:
      let
        lines = iniLines "ini" arguments;
      in
      {
        type = types.attrsOf (sectionOf lines.atom);
        lib.types.atom = lines.atom;
        generate =
          name: sections:
          final.writeText name (
            lib.generators.toINI lines.options (builtins.mapAttrs (_: lines.values) sections)
          );
      };

    iniWithGlobalSection =
      arguments:
      let
        lines = iniLines "iniWithGlobalSection" arguments;
        section = sectionOf lines.atom;
        option =
          type: description:
          lib.mkOption {
            inherit type description;
            default = { };
          };
      in
      {
        type = types.submodule {
          options = {
            sections = option (types.attrsOf section) (types.attrsOf section).description;
            globalSection = option section "global ${section.description}";
          };
        };
        lib.types.atom = lines.atom;
        generate =
          name:
          {
            sections ? { },
            globalSection ? { },
            ...
          }:
          final.writeText name (
            lib.generators.toINIWithGlobalSection lines.options {
              globalSection = lines.values globalSection;
              sections = builtins.mapAttrs (_: lines.values) sections;
            }
          );
      };

    gitIni =
      {
        listsAsDuplicateKeys ? false,
      }:
      let
        inherit (iniLines "gitIni" { inherit listsAsDuplicateKeys; }) atom;
      in
      {
        type = types.attrsOf (types.attrsOf (types.either atom (types.attrsOf atom)));
        lib.types.atom = atom;
        generate = name: value: final.writeText name (lib.generators.toGitINI value);
      };

    # As systemd.syntax(7) has it; what is null is not set.
    systemd = ini {
      listsAsDuplicateKeys = true;
      mkKeyValue =
        key: value:
        if value == null then
          "# ${key} is unset"
        else
          "${key} = ${lib.generators.mkValueStringDefault { } value}";
    };

    keyValue =
      arguments:
      let
        lines = lined {
          who = "keyValue";
          kind = "atom";
          coercedUnlessTold = true;
        } arguments;
      in
      {
        type = types.attrsOf lines.atom;
        lib.types.atom = lines.atom;
        generate =
          name: value: final.writeText name (lib.generators.toKeyValue lines.options (lines.values value));
      };

    plist =
      {
        escape ? true,
      }:
      {
        type = types.serializableValueWith { typeName = "Property list"; };
        generate = name: value: final.writeText name (lib.generators.toPlist { inherit escape; } value);
      };
  };
}
