{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.resolved;
  asks = interface: interface.useDHCP == true;
  words = lib.concatStringsSep " ";
  mode =
    choices: default: description:
    mkOption {
      type = types.enum (
        [
          "true"
          "false"
        ]
        ++ choices
      );
      inherit default description;
    };
in
{
  options.services.resolved = {
    enable = mkOption {
      type = types.bool;
      default = config.networking.useDHCP || lib.any asks (lib.attrValues config.networking.interfaces);
      defaultText = lib.literalMD "whether an interface asks for an address by DHCP";
      description = "Whether systemd-resolved looks names up, with the servers that DHCP names: without it, only those of `networking.nameservers` are asked.";
    };
    domains = mkOption {
      type = types.listOf types.str;
      default = config.networking.search;
      defaultText = lib.literalExpression "config.networking.search";
      example = [ "example.com" ];
      description = "Domains that short names are looked up in.";
    };
    fallbackDns = mkOption {
      type = types.nullOr (types.listOf types.str);
      default = null;
      description = "Name servers for when no other is known; null leaves Debian's own, an empty list is none.";
    };
    llmnr = mode [ "resolve" ] "true" "Whether names are looked up on the local network (LLMNR).";
    dnssec = mode [ "allow-downgrade" ] "false" "Whether signatures of answers are checked.";
    dnsovertls = mode [ "opportunistic" ] "false" "Whether name servers are asked over TLS.";
    extraConfig = mkOption {
      type = types.lines;
      default = "";
      description = "Further lines of resolved.conf.";
    };
  };
  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ pkgs.systemd-resolved pkgs.libnss-resolve ];
    environment.etc."resolv.conf".source = "/run/systemd/resolve/stub-resolv.conf";
    environment.etc."systemd/resolved.conf".text =
      "[Resolve]\n"
      + lib.optionalString (
        config.networking.nameservers != [ ]
      ) "DNS=${words config.networking.nameservers}\n"
      + lib.optionalString (cfg.fallbackDns != null) "FallbackDNS=${words cfg.fallbackDns}\n"
      + lib.optionalString (cfg.domains != [ ]) "Domains=${words cfg.domains}\n"
      + ''
        LLMNR=${cfg.llmnr}
        DNSSEC=${cfg.dnssec}
        DNSOverTLS=${cfg.dnsovertls}
        ${cfg.extraConfig}
      '';
    users.users.systemd-resolve = {
      isSystemUser = true;
      group = "systemd-resolve";
    };
    users.groups.systemd-resolve = { };
    systemd.services.systemd-resolved = {
      wantedBy = [ "sysinit.target" ];
      aliases = [ "dbus-org.freedesktop.resolve1.service" ];
      restartTriggers = [ config.environment.etc."systemd/resolved.conf".text ];
    };
  };
}
