{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.timesyncd;
in
{
  options.services.timesyncd = {
    enable = lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = "Whether systemd-timesyncd keeps the clock.";
    };
    servers = lib.mkOption {
      type = lib.types.nullOr (lib.types.listOf lib.types.str);
      default = null;
      description = "Time servers; null leaves Debian's own.";
    };
    extraConfig = lib.mkOption {
      type = lib.types.lines;
      default = "";
      description = "Further lines of timesyncd.conf.";
    };
  };
  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ pkgs.systemd-timesyncd ];
    environment.etc."systemd/timesyncd.conf".text =
      "[Time]\n"
      + lib.optionalString (cfg.servers != null) "NTP=${lib.concatStringsSep " " cfg.servers}\n"
      + cfg.extraConfig;
    users.users.systemd-timesync = {
      isSystemUser = true;
      group = "systemd-timesync";
    };
    users.groups.systemd-timesync = { };
    systemd.services.systemd-timesyncd = {
      wantedBy = [ "sysinit.target" ];
      aliases = [ "dbus-org.freedesktop.timesync1.service" ];
      restartTriggers = [ config.environment.etc."systemd/timesyncd.conf".text ];
    };
  };
}
