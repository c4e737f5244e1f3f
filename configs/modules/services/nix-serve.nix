# The machine's store, given out as a binary cache.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.nix-serve;
in
{
  options.services.nix-serve = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether other machines take what this one has built, over HTTP.";
    };
    bindAddress = mkOption {
      type = types.str;
      default = "0.0.0.0";
      description = "The address to listen at.";
    };
    port = mkOption {
      type = types.port;
      default = 5000;
      description = "The port to listen at.";
    };
    openFirewall = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the firewall lets others reach the port.";
    };
    secretKeyFile = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "/var/keys/cache.key";
      description = "A key made by `neve store generate-key`, which signs what is given out.";
    };
    extraParams = mkOption {
      type = types.separatedString " ";
      default = "";
      example = "--compression zstd";
      description = "Further words for `neve store serve`.";
    };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [
      pkgs.python3-nacl
      pkgs.python3-zstandard
    ];
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.port ];
    systemd.services.nix-serve = {
      description = "Binary cache";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      serviceConfig = {
        ExecStart =
          "/usr/bin/neve store serve --host ${cfg.bindAddress} --port ${toString cfg.port}"
          + lib.optionalString (cfg.secretKeyFile != null) " --key-file %d/key"
          + " ${cfg.extraParams}";
        Restart = "always";
        RestartSec = "5s";
        LoadCredential = lib.mkIf (cfg.secretKeyFile != null) "key:${cfg.secretKeyFile}";
        ProtectHome = true;
        PrivateTmp = true;
        NoNewPrivileges = true;
      };
    };
  };
}
