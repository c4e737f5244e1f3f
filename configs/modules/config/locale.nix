{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.i18n;
in
{
  options = {
    time.timeZone = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "Europe/Zurich";
      description = "The time zone by its name under /usr/share/zoneinfo; null for UTC.";
    };
    i18n.defaultLocale = mkOption {
      type = types.enum [
        "C.UTF-8"
        "C"
        "POSIX"
      ];
      default = "C.UTF-8";
      description = "The locale of the system: one that the C library brings without compiling it.";
    };
    i18n.extraLocaleSettings = mkOption {
      type = types.attrsOf types.str;
      default = { };
      example.LC_TIME = "C.UTF-8";
      description = "Further variables of locale(7).";
    };
  };
  config = {
    environment.sessionVariables = {
      LANG = cfg.defaultLocale;
    }
    // cfg.extraLocaleSettings;
    environment.etc = {
      "locale.conf".text = lib.concatStrings (
        lib.mapAttrsToList (name: item: "${name}=${item}\n") (
          { LANG = cfg.defaultLocale; } // cfg.extraLocaleSettings
        )
      );
      # A link of its own, not one into the store: systemd reads the zone's name off it.
      "localtime".source = "/usr/share/zoneinfo/${if config.time.timeZone == null then "UTC" else config.time.timeZone}";
    };
  };
}
