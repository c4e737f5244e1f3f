{ config, lib, ... }:
let
  cfg = config.services.journald;
in
{
  options.services.journald = {
    storage = lib.mkOption {
      type = lib.types.enum [
        "persistent"
        "volatile"
        "auto"
        "none"
      ];
      default = "persistent";
      description = "Where the journal is kept.";
    };
    console = lib.mkOption {
      type = lib.types.str;
      default = "";
      example = "/dev/tty12";
      description = "A terminal that shows all messages.";
    };
    rateLimitInterval = lib.mkOption {
      type = lib.types.str;
      default = "30s";
      description = "The interval of rateLimitBurst.";
    };
    rateLimitBurst = lib.mkOption {
      type = lib.types.int;
      default = 10000;
      description = "How many messages a service may write within the interval.";
    };
    extraConfig = lib.mkOption {
      type = lib.types.lines;
      default = "";
      example = "SystemMaxUse=100M";
      description = "Further lines of journald.conf.";
    };
  };
  config = {
    environment.etc."systemd/journald.conf".text = ''
      [Journal]
      Storage=${cfg.storage}
      RateLimitInterval=${cfg.rateLimitInterval}
      RateLimitBurst=${toString cfg.rateLimitBurst}
      ${lib.optionalString (cfg.console != "") "ForwardToConsole=yes\nTTYPath=${cfg.console}\n"}${cfg.extraConfig}
    '';
    systemd.services.systemd-journald = {
      restartTriggers = [ config.environment.etc."systemd/journald.conf".text ];
      # The sockets must never vanish: everything that writes to them would lose its log.
      stopIfChanged = false;
    };
  };
}
