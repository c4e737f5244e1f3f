# Names, addresses and routes.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.networking;

  address = bits: {
    options = {
      address = mkOption {
        type = types.str;
        description = "The address.";
      };
      prefixLength = mkOption {
        type = types.ints.between 0 bits;
        description = "The number of bits that name the network.";
      };
    };
  };
  addresses =
    bits: description:
    mkOption {
      type = types.listOf (types.submodule (address bits));
      default = [ ];
      inherit description;
    };

  interfaceOptions =
    { name, ... }:
    {
      options = {
        name = mkOption {
          type = types.str;
          default = name;
          description = "The interface's name.";
        };
        useDHCP = mkOption {
          type = types.nullOr types.bool;
          default = null;
          description = "Whether DHCP configures the interface; null: if it has no address of its own and networking.useDHCP is set.";
        };
        ipv4.addresses = addresses 32 "IPv4 addresses.";
        ipv6.addresses = addresses 128 "IPv6 addresses.";
        macAddress = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "The hardware address that the interface takes on.";
        };
        mtu = mkOption {
          type = types.nullOr types.int;
          default = null;
          description = "The size of the largest packet, in bytes.";
        };
      };
    };

  gateway = mkOption {
    type = types.nullOr (
      types.coercedTo types.str (address: { inherit address; }) (
        types.submodule {
          options = {
            address = mkOption {
              type = types.str;
              description = "The router's address.";
            };
            interface = mkOption {
              type = types.nullOr types.str;
              default = null;
              description = "The interface behind which the router is.";
            };
          };
        }
      )
    );
    default = null;
    description = "The router for all other networks.";
  };
in
{
  options.networking = {
    hostName = mkOption {
      type = types.strMatching "^$|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?$";
      default = "neve";
      description = "The machine's name.";
    };
    domain = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The domain that the machine's name is in.";
    };
    hosts = mkOption {
      type = types.attrsOf (types.listOf types.str);
      default = { };
      example."192.168.0.2" = [ "fileserver.local" ];
      description = "Names by address, for /etc/hosts.";
    };
    extraHosts = mkOption {
      type = types.lines;
      default = "";
      description = "Further lines of /etc/hosts.";
    };
    useDHCP = mkOption {
      type = types.bool;
      default = true;
      description = "Whether interfaces without an address of their own ask for one.";
    };
    interfaces = mkOption {
      type = types.attrsOf (types.submodule interfaceOptions);
      default = { };
      description = "Network interfaces.";
    };
    defaultGateway = gateway;
    defaultGateway6 = gateway;
    nameservers = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Addresses of name servers.";
    };
    search = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Domains that short names are looked up in.";
    };
    usePredictableInterfaceNames = mkOption {
      type = types.bool;
      default = true;
      description = "Whether interfaces are named by where they are plugged in, or eth0, eth1, ….";
    };
  };

  config = {
    networking.hosts = {
      "127.0.0.1" = [ "localhost" ];
      "::1" = [ "localhost" ];
      "127.0.0.2" = lib.mkIf (cfg.hostName != "") (
        lib.optional (cfg.domain != null) "${cfg.hostName}.${cfg.domain}" ++ [ cfg.hostName ]
      );
    };
    boot.kernelParams = lib.mkIf (!cfg.usePredictableInterfaceNames) [ "net.ifnames=0" ];
    environment.etc = {
      "hostname" = lib.mkIf (cfg.hostName != "") { text = cfg.hostName + "\n"; };
      "hosts".text =
        lib.concatStrings (
          lib.mapAttrsToList (address: names: "${address} ${lib.concatStringsSep " " names}\n") (
            lib.filterAttrs (_: names: names != [ ]) cfg.hosts
          )
        )
        + cfg.extraHosts;
      "resolv.conf" = lib.mkIf (!config.services.resolved.enable) {
        text =
          lib.optionalString (cfg.search != [ ]) "search ${lib.concatStringsSep " " cfg.search}\n"
          + lib.concatMapStrings (server: "nameserver ${server}\n") cfg.nameservers;
      };
      "nsswitch.conf".text = ''
        passwd: files systemd
        group: files systemd
        shadow: files systemd
        hosts: files ${lib.optionalString config.services.resolved.enable "resolve [!UNAVAIL=return] "}myhostname dns
        networks: files
        services: files
        protocols: files
        rpc: files
        ethers: files
      '';
      "protocols".source = "${pkgs.netbase}/etc/protocols";
      "services".source = "${pkgs.netbase}/etc/services";
      "rpc".source = "${pkgs.netbase}/etc/rpc";
      "host.conf".text = "multi on\n";
    };
    environment.systemPackages = [ pkgs.libnss-myhostname ];
  };
}
