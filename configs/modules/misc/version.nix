{
  config,
  lib,
  debian,
  ...
}:
let
  cfg = config.system.nixos;
in
{
  options.system = {
    stateVersion = lib.mkOption {
      type = lib.types.str;
      default = cfg.release;
      description = ''
        The release of Neve that the machine was first installed with. Modules that keep data
        on the machine ask it before they change where or how.
      '';
    };
    name = lib.mkOption {
      type = lib.types.str;
      default = if config.networking.hostName == "" then "unnamed" else config.networking.hostName;
      defaultText = lib.literalExpression "config.networking.hostName";
      description = "The name of the system in its store path.";
    };
    nixos = {
      release = lib.mkOption {
        readOnly = true;
        type = lib.types.str;
        default = "0.1";
        description = "The release of Neve.";
      };
      codeName = lib.mkOption {
        readOnly = true;
        type = lib.types.str;
        default = debian.suite;
        description = "The Debian suite that the packages come from.";
      };
      version = lib.mkOption {
        internal = true;
        type = lib.types.str;
        default = "${cfg.release}.${cfg.codeName}.${debian.date}";
        description = "The version: Neve's release, Debian's suite and the suite's date.";
      };
      label = lib.mkOption {
        type = lib.types.strMatching "[a-zA-Z0-9:_\\.-]*";
        default = cfg.version;
        description = "The label shown in the boot menu.";
      };
      distroName = lib.mkOption {
        internal = true;
        type = lib.types.str;
        default = "Neve";
        description = "The name of the system.";
      };
    };
  };

  config.environment.etc."os-release".text = ''
    ID=neve
    ID_LIKE=debian
    NAME="${cfg.distroName}"
    PRETTY_NAME="${cfg.distroName} ${cfg.release} (Debian ${cfg.codeName})"
    VERSION="${cfg.release} (${cfg.codeName})"
    VERSION_ID="${cfg.release}"
    VERSION_CODENAME=${cfg.codeName}
    BUILD_ID="${cfg.version}"
  '';
}
