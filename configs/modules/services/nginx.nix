{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.nginx;

  locationOptions.options = {
    root = mkOption {
      type = types.nullOr types.path;
      default = null;
      description = "The folder that is served.";
    };
    alias = mkOption {
      type = types.nullOr types.path;
      default = null;
      description = "The folder that stands for the location.";
    };
    index = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "Names of index pages.";
    };
    tryFiles = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "What is tried in turn.";
    };
    return = mkOption {
      type = types.nullOr (types.either types.str types.int);
      default = null;
      example = "301 http://example.com$request_uri";
      description = "The answer.";
    };
    proxyPass = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "http://localhost:3000";
      description = "The server that requests are passed on to.";
    };
    extraConfig = mkOption {
      type = types.lines;
      default = "";
      description = "Further lines of the location.";
    };
  };

  listenOptions.options = {
    addr = mkOption {
      type = types.str;
      description = "The address.";
    };
    port = mkOption {
      type = types.nullOr types.port;
      default = 80;
      description = "The port.";
    };
  };

  hostOptions =
    { name, ... }:
    {
      options = {
        serverName = mkOption {
          type = types.nullOr types.str;
          default = name;
          description = "The host's name.";
        };
        serverAliases = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Further names.";
        };
        default = mkOption {
          type = types.bool;
          default = false;
          description = "Whether this host answers for unknown names.";
        };
        listen = mkOption {
          type = types.listOf (types.submodule listenOptions);
          default = [
            {
              addr = "0.0.0.0";
              port = cfg.defaultHTTPListenPort;
            }
            {
              addr = "[::]";
              port = cfg.defaultHTTPListenPort;
            }
          ];
          description = "Addresses and ports to listen on.";
        };
        root = mkOption {
          type = types.nullOr types.path;
          default = null;
          description = "The folder that is served.";
        };
        locations = mkOption {
          type = types.attrsOf (types.submodule locationOptions);
          default = { };
          description = "Locations by their prefix or pattern.";
        };
        extraConfig = mkOption {
          type = types.lines;
          default = "";
          description = "Further lines of the host.";
        };
      };
    };

  directive = name: item: lib.optionalString (item != null) "      ${name} ${toString item};\n";

  location = path: place: ''
    location ${path} {
    ${directive "root" place.root}${directive "alias" place.alias}${directive "index" place.index}${directive "try_files" place.tryFiles}${directive "return" place.return}${directive "proxy_pass" place.proxyPass}${place.extraConfig}
        }
  '';

  host = server: ''
    server {
    ${lib.concatMapStrings (
      entry:
      "      listen ${entry.addr}:${toString entry.port}${lib.optionalString server.default " default_server"};\n"
    ) server.listen}      server_name ${
      lib.concatStringsSep " " (
        lib.optional (server.serverName != null) server.serverName ++ server.serverAliases
      )
    };
    ${directive "root" server.root}${server.extraConfig}
    ${lib.concatStrings (lib.mapAttrsToList location server.locations)}
      }
  '';

  configuration = pkgs.writeText "nginx.conf" ''
    pid /run/nginx/nginx.pid;
    error_log stderr;
    daemon off;
    worker_processes auto;
    events { }
    http {
      include ${pkgs.nginx-common}/etc/nginx/mime.types;
      default_type application/octet-stream;
      sendfile on;
      access_log ${if cfg.logAccess then "syslog:server=unix:/dev/log" else "off"};
      client_body_temp_path /var/lib/nginx/body;
      proxy_temp_path /var/lib/nginx/proxy;
      fastcgi_temp_path /var/lib/nginx/fastcgi;
      uwsgi_temp_path /var/lib/nginx/uwsgi;
      scgi_temp_path /var/lib/nginx/scgi;
    ${cfg.commonHttpConfig}
    ${lib.concatMapStrings host (lib.attrValues cfg.virtualHosts)}
    ${cfg.appendHttpConfig}
    }
    ${cfg.appendConfig}
  '';
  lines =
    description:
    mkOption {
      type = types.lines;
      default = "";
      inherit description;
    };
in
{
  options.services.nginx = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the nginx web server runs.";
    };
    user = mkOption {
      type = types.str;
      default = "nginx";
      description = "The account of the workers.";
    };
    group = mkOption {
      type = types.str;
      default = "nginx";
      description = "The group of the workers.";
    };
    virtualHosts = mkOption {
      type = types.attrsOf (types.submodule hostOptions);
      default = { };
      description = "Hosts by name.";
    };
    defaultHTTPListenPort = mkOption {
      type = types.port;
      default = 80;
      description = "The port of hosts that name none.";
    };
    logAccess = mkOption {
      type = types.bool;
      default = true;
      description = "Whether requests are logged to the journal.";
    };
    commonHttpConfig = lines "Lines of the http block before the hosts.";
    appendHttpConfig = lines "Lines of the http block after the hosts.";
    appendConfig = lines "Lines after the http block.";
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ pkgs.nginx ];
    environment.etc."nginx/nginx.conf".source = configuration;
    users.users.${cfg.user} = {
      isSystemUser = true;
      group = cfg.group;
    };
    users.groups.${cfg.group} = { };
    systemd.services.nginx = {
      overrideStrategy = "file";
      description = "Nginx Web Server";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      stopIfChanged = false;
      preStart = "/usr/sbin/nginx -c ${configuration} -t";
      serviceConfig = {
        ExecStart = "/usr/sbin/nginx -c ${configuration}";
        ExecReload = [
          "/usr/sbin/nginx -c ${configuration} -t"
          "/bin/kill -HUP $MAINPID"
        ];
        Restart = "always";
        RestartSec = "1s";
        User = cfg.user;
        Group = cfg.group;
        RuntimeDirectory = "nginx";
        StateDirectory = "nginx";
        LogsDirectory = "nginx";
        AmbientCapabilities = [ "CAP_NET_BIND_SERVICE" ];
        CapabilityBoundingSet = [ "CAP_NET_BIND_SERVICE" ];
        NoNewPrivileges = true;
        ProtectSystem = "strict";
        ProtectHome = true;
        PrivateTmp = true;
      };
    };
  };
}
