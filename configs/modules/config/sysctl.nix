{ config, lib, ... }:
let
  settings = lib.filterAttrs (_: item: item != null) config.boot.kernel.sysctl;
  show = item: if item == true then "1" else if item == false then "0" else toString item;
in
{
  options.boot.kernel.sysctl = lib.mkOption {
    type =
      with lib.types;
      attrsOf (
        nullOr (oneOf [
          bool
          int
          str
        ])
      );
    default = { };
    example."net.ipv4.ip_forward" = 1;
    description = "The kernel's parameters at run time; null leaves one alone.";
  };
  config = {
    boot.kernel.sysctl = {
      "kernel.printk" = lib.mkDefault config.boot.consoleLogLevel;
    };
    environment.etc."sysctl.d/60-neve.conf".text = lib.concatStrings (
      lib.mapAttrsToList (name: item: "${name} = ${show item}\n") settings
    );
    systemd.services.systemd-sysctl.restartTriggers = [ settings ];
  };
}
