{ pkgs, ... }:
{
  environment.systemPackages = [
    pkgs.dbus-broker
    pkgs.dbus-system-bus-common
  ];
  users.users.messagebus = {
    isSystemUser = true;
    group = "messagebus";
  };
  users.groups.messagebus = { };
  systemd.services.dbus-broker = {
    aliases = [ "dbus.service" ];
    # Without the bus nothing that holds a connection survives.
    restartIfChanged = false;
  };
}
