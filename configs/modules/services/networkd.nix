# networking.* carried out by systemd-networkd.
{
  config,
  lib,
  ...
}:
let
  cfg = config.networking;
  addressLines =
    interface:
    lib.concatMapStrings (entry: "Address=${entry.address}/${toString entry.prefixLength}\n") (
      interface.ipv4.addresses ++ interface.ipv6.addresses
    );
  isStatic = interface: interface.ipv4.addresses != [ ] || interface.ipv6.addresses != [ ];
  dhcp =
    interface:
    if interface.useDHCP != null then interface.useDHCP else cfg.useDHCP && !isStatic interface;
  # A router is on a network that the interface is on; networkd refuses one that it cannot reach.
  isV4 = address: !lib.hasInfix ":" address;
  numberOf =
    address: lib.foldl' (sum: part: sum * 256 + lib.toInt part) 0 (lib.splitString "." address);
  networkOf =
    bits: address: numberOf address / lib.foldl' (product: _: product * 2) 1 (lib.range 1 (32 - bits));
  reaches =
    interface: router:
    if isV4 router then
      lib.any (
        entry: networkOf entry.prefixLength entry.address == networkOf entry.prefixLength router
      ) interface.ipv4.addresses
    else
      interface.ipv6.addresses != [ ];
  gatewayLine =
    interface: gateway:
    lib.optionalString (
      gateway != null
      && (if gateway.interface != null then gateway.interface == interface.name else reaches interface gateway.address)
    ) "Gateway=${gateway.address}\n";

  network = interface: ''
    [Match]
    Name=${interface.name}

    [Link]
    ${lib.optionalString (interface.macAddress != null) "MACAddress=${interface.macAddress}\n"}${
      lib.optionalString (interface.mtu != null) "MTUBytes=${toString interface.mtu}\n"
    }
    [Network]
    DHCP=${if dhcp interface then "yes" else "no"}
    IPv6AcceptRA=${if dhcp interface then "yes" else "no"}
    ${addressLines interface}${gatewayLine interface cfg.defaultGateway}${gatewayLine interface cfg.defaultGateway6}${
      lib.concatMapStrings (server: "DNS=${server}\n") cfg.nameservers
    }
  '';
  files =
    lib.mapAttrs' (
      name: interface:
      lib.nameValuePair "systemd/network/40-${name}.network" { text = network interface; }
    ) cfg.interfaces
    // lib.optionalAttrs cfg.useDHCP {
      "systemd/network/99-ethernet-default-dhcp.network".text = ''
        [Match]
        Type=ether
        Kind=!*

        [Link]
        RequiredForOnline=any

        [Network]
        DHCP=yes
        IPv6PrivacyExtensions=kernel
      '';
    };
in
{
  options.systemd.network.enable = lib.mkOption {
    type = lib.types.bool;
    default = cfg.useDHCP || cfg.interfaces != { };
    defaultText = lib.literalExpression "networking.useDHCP || networking.interfaces != { }";
    description = "Whether systemd-networkd configures the network.";
  };

  config = lib.mkIf config.systemd.network.enable {
    environment.etc = files;
    users.users.systemd-network = {
      isSystemUser = true;
      group = "systemd-network";
    };
    users.groups.systemd-network = { };
    systemd.services.systemd-networkd = {
      wantedBy = [ "multi-user.target" ];
      restartTriggers = lib.mapAttrsToList (_: file: file.text) files;
      aliases = [ "dbus-org.freedesktop.network1.service" ];
      # A restart keeps the addresses: the connection over which a switch is made survives it.
      stopIfChanged = false;
    };
    systemd.sockets.systemd-networkd.wantedBy = [ "sockets.target" ];
    systemd.services.systemd-networkd-wait-online = {
      wantedBy = [ "network-online.target" ];
      serviceConfig.ExecStart = [
        ""
        "/usr/lib/systemd/systemd-networkd-wait-online --any --timeout=60"
      ];
    };
  };
}
