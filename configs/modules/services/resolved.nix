{
  config,
  lib,
  pkgs,
  ...
}:
{
  options.services.resolved.enable = lib.mkOption {
    type = lib.types.bool;
    default = false;
    description = "Whether systemd-resolved looks names up, with the servers that DHCP names.";
  };
  config = lib.mkIf config.services.resolved.enable {
    environment.systemPackages = [ pkgs.systemd-resolved pkgs.libnss-resolve ];
    environment.etc."resolv.conf".source = "/run/systemd/resolve/stub-resolv.conf";
    environment.etc."systemd/resolved.conf".text = "[Resolve]\n";
    users.users.systemd-resolve = {
      isSystemUser = true;
      group = "systemd-resolve";
    };
    users.groups.systemd-resolve = { };
    systemd.services.systemd-resolved = {
      wantedBy = [ "sysinit.target" ];
      aliases = [ "dbus-org.freedesktop.resolve1.service" ];
    };
  };
}
