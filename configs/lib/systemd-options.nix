# The options that all kinds of systemd units share, and how each kind becomes text.
{ lib }:
let
  inherit (lib) mkOption types;

  # The values that a line of a unit file may take; a list gives one line an element.
  value =
    with types;
    nullOr (oneOf [
      bool
      int
      float
      str
      path
      package
    ]);
  section = types.attrsOf (types.either value (types.listOf value));

  show = item: if item == true then "true" else if item == false then "false" else toString item;

  lines =
    attributes:
    lib.concatStrings (
      lib.mapAttrsToList (
        name: item:
        if item == null then
          ""
        else
          lib.concatMapStrings (one: "${name}=${show one}\n") (if lib.isList item then item else [ item ])
      ) attributes
    );

  toSection = name: attributes: lib.optionalString (attributes != { }) "[${name}]\n${lines attributes}\n";

  listOfUnits =
    description:
    mkOption {
      type = types.listOf types.str;
      default = [ ];
      inherit description;
    };

  common = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether the unit may run; if not, it is masked.";
    };
    overrideStrategy = mkOption {
      type = types.enum [
        "asDropinIfExists"
        "asDropin"
        "file"
      ];
      default = "asDropinIfExists";
      description = "Whether the text extends a packaged unit of this name or stands instead of it.";
    };
    description = mkOption {
      type = types.singleLineStr;
      default = "";
      description = "What the unit is, in a few words.";
    };
    documentation = listOfUnits "Addresses of the documentation.";
    wantedBy = listOfUnits "Units that want this one.";
    requiredBy = listOfUnits "Units that require this one.";
    upheldBy = listOfUnits "Units that start this one again whenever it stops.";
    requires = listOfUnits "Units started with this one; if they stop, so does this one.";
    wants = listOfUnits "Units started with this one, if they can be.";
    upholds = listOfUnits "Units kept running while this one runs.";
    bindsTo = listOfUnits "Units without which this one stops.";
    partOf = listOfUnits "Units whose stop or restart this one follows.";
    conflicts = listOfUnits "Units that stop when this one starts, and the other way round.";
    requisite = listOfUnits "Units that must be running already.";
    before = listOfUnits "Units that start only after this one.";
    after = listOfUnits "Units that start before this one.";
    onFailure = listOfUnits "Units started when this one fails.";
    onSuccess = listOfUnits "Units started when this one ends well.";
    aliases = listOfUnits "Further names of the unit.";
    unitConfig = mkOption {
      type = section;
      default = { };
      example.RequiresMountsFor = "/data";
      description = "Lines of the section [Unit].";
    };
    restartTriggers = mkOption {
      type = types.listOf types.unspecified;
      default = [ ];
      description = "When one of these values changes, a switch restarts the unit.";
    };
    reloadTriggers = mkOption {
      type = types.listOf types.unspecified;
      default = [ ];
      description = "When one of these values changes, a switch reloads the unit.";
    };
    startLimitBurst = mkOption {
      type = types.nullOr types.int;
      default = null;
      description = "How many starts within the interval are allowed.";
    };
    startLimitIntervalSec = mkOption {
      type = types.nullOr types.int;
      default = null;
      description = "The interval of startLimitBurst, in seconds.";
    };
  };

  words = items: if items == [ ] then null else lib.concatStringsSep " " items;

  trigger =
    items:
    if items == [ ] then
      null
    else
      builtins.hashString "sha256" (
        builtins.unsafeDiscardStringContext (lib.concatMapStringsSep "\n" (item: if lib.isAttrs item || lib.isList item then builtins.toJSON item else toString item) items)
      );

  unitSection =
    unit:
    toSection "Unit" (
      lib.filterAttrs (_: item: item != null && item != [ ]) (
        {
          Description = if unit.description == "" then null else unit.description;
          Documentation = words unit.documentation;
          Requires = words unit.requires;
          Wants = words unit.wants;
          Upholds = words unit.upholds;
          BindsTo = words unit.bindsTo;
          PartOf = words unit.partOf;
          Conflicts = words unit.conflicts;
          Requisite = words unit.requisite;
          Before = words unit.before;
          After = words unit.after;
          OnFailure = words unit.onFailure;
          OnSuccess = words unit.onSuccess;
          X-Restart-Triggers = trigger unit.restartTriggers;
          X-Reload-Triggers = trigger unit.reloadTriggers;
          StartLimitBurst = unit.startLimitBurst;
          StartLimitIntervalSec = unit.startLimitIntervalSec;
        }
        // (unit.switchConfig or { })
        // unit.unitConfig
      )
    );

  # Spaces, quotes and percent signs as systemd.exec(5) wants them in Environment=.
  environmentLines =
    environment:
    lib.concatStrings (
      lib.mapAttrsToList (
        name: item:
        lib.optionalString (item != null)
          "Environment=${builtins.toJSON "${name}=${lib.replaceStrings [ "%" ] [ "%%" ] (toString item)}"}\n"
      ) environment
    );

  # A path as a unit's name holds it (systemd.unit(5), "path escaping").
  escapeSystemdPath =
    path:
    let
      parts = lib.filter (part: part != "") (lib.splitString "/" path);
      plain = lib.stringToCharacters "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_.";
      special = lib.filter (char: char != "/") (
        lib.subtractLists plain (builtins.attrNames lib.strings.asciiTable)
      );
      escaped = lib.concatMapStringsSep "-" (lib.escapeC special) parts;
    in
    if parts == [ ] then
      "-"
    else if lib.hasPrefix "." escaped then
      "\\x2e${lib.removePrefix "." escaped}"
    else
      escaped;
in
{
  inherit
    escapeSystemdPath
    common
    section
    toSection
    lines
    unitSection
    environmentLines
    ;
}
