# networking.firewall, carried out by nftables.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.networking.firewall;
  ports =
    description:
    mkOption {
      type = types.listOf types.port;
      default = [ ];
      inherit description;
    };
  ranges =
    description:
    mkOption {
      type = types.listOf (types.attrsOf types.port);
      default = [ ];
      example = [
        {
          from = 8999;
          to = 9003;
        }
      ];
      inherit description;
    };
  elements =
    ports: ranges:
    lib.concatStringsSep ", " (
      map toString (lib.sort builtins.lessThan (lib.unique ports))
      ++ map (range: "${toString range.from}-${toString range.to}") ranges
    );
  accept =
    prefix: protocol: ports: ranges:
    lib.optionalString (
      ports != [ ] || ranges != [ ]
    ) "    ${prefix}${protocol} dport { ${elements ports ranges} } accept\n";
  acceptBoth =
    prefix: set:
    accept prefix "tcp" set.allowedTCPPorts set.allowedTCPPortRanges
    + accept prefix "udp" set.allowedUDPPorts set.allowedUDPPortRanges;
  openings = {
    allowedTCPPorts = ports "TCP ports that are open.";
    allowedUDPPorts = ports "UDP ports that are open.";
    allowedTCPPortRanges = ranges "Ranges of TCP ports that are open.";
    allowedUDPPortRanges = ranges "Ranges of UDP ports that are open.";
  };
  ruleset = pkgs.writeText "firewall.nft" ''
    table inet neve-firewall
    delete table inet neve-firewall
    table inet neve-firewall {
      chain input {
        type filter hook input priority filter; policy drop;
        iifname { ${lib.concatMapStringsSep ", " (name: "\"${name}\"") (lib.unique ([ "lo" ] ++ cfg.trustedInterfaces))} } accept
        ct state { established, related } accept
        ct state invalid drop
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, nd-redirect } accept
        ip6 saddr fe80::/10 udp dport 546 accept
    ${lib.optionalString cfg.allowPing ''
      icmp type echo-request accept
          icmpv6 type echo-request accept
    ''}${acceptBoth "" cfg}${
      lib.concatStrings (
        lib.mapAttrsToList (name: set: acceptBoth "iifname \"${name}\" " set) cfg.interfaces
      )
    }${cfg.extraInputRules}
        ${lib.optionalString cfg.logRefusedConnections "tcp flags syn / fin,syn,rst,ack log level info prefix \"refused connection: \""}
        ${lib.optionalString cfg.rejectPackets "reject"}
      }
    }
  '';
in
{
  options.networking.firewall = openings // {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether only named ports are open.";
    };
    allowPing = mkOption {
      type = types.bool;
      default = true;
      description = "Whether echo requests are answered.";
    };
    rejectPackets = mkOption {
      type = types.bool;
      default = false;
      description = "Whether senders are told that they are refused.";
    };
    logRefusedConnections = mkOption {
      type = types.bool;
      default = true;
      description = "Whether refused connections are logged.";
    };
    trustedInterfaces = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Interfaces on which all ports are open.";
    };
    interfaces = mkOption {
      type = types.attrsOf (types.submodule { options = openings; });
      default = { };
      description = "Ports open on single interfaces.";
    };
    extraInputRules = mkOption {
      type = types.lines;
      default = "";
      description = "Further nftables rules of the input chain.";
    };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ pkgs.nftables ];
    systemd.services.firewall = {
      description = "Firewall";
      wantedBy = [ "sysinit.target" ];
      after = [ "systemd-modules-load.service" ];
      before = [
        "network-pre.target"
        "shutdown.target"
      ];
      wants = [ "network-pre.target" ];
      conflicts = [ "shutdown.target" ];
      unitConfig.DefaultDependencies = false;
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        # Else nft has the kernel ask for one after the other, each by a process of its own.
        ExecStartPre = "-/usr/sbin/modprobe -aq nf_tables nft_ct ${
          lib.optionalString cfg.logRefusedConnections "nft_log nf_log_syslog"
        }";
        ExecStart = "/usr/sbin/nft -f ${ruleset}";
        ExecReload = "/usr/sbin/nft -f ${ruleset}";
        ExecStop = "/usr/sbin/nft delete table inet neve-firewall";
      };
      # The new rules replace the old in one step; in between the machine is never open.
      reloadIfChanged = true;
    };
  };
}
