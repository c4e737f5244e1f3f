{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.openssh;
  show =
    item:
    if item == true then
      "yes"
    else if item == false then
      "no"
    else if lib.isList item then
      lib.concatStringsSep " " (map toString item)
    else
      toString item;
  withKeys = lib.filterAttrs (
    _: user: user.enable && user.openssh.authorizedKeys.keys != [ ]
  ) config.users.users;
  atom =
    with types;
    nullOr (oneOf [
      bool
      int
      str
    ]);
in
{
  options.services.openssh = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the machine can be logged in to by SSH.";
    };
    ports = mkOption {
      type = types.listOf types.port;
      default = [ 22 ];
      description = "Ports to listen on.";
    };
    openFirewall = mkOption {
      type = types.bool;
      default = true;
      description = "Whether the firewall lets the ports through.";
    };
    settings = mkOption {
      type = types.submodule {
        freeformType = types.attrsOf (types.either atom (types.listOf atom));
        options = {
          PermitRootLogin = mkOption {
            type = types.enum [
              "yes"
              "without-password"
              "prohibit-password"
              "forced-commands-only"
              "no"
            ];
            default = "prohibit-password";
            description = "Whether root can log in.";
          };
          PasswordAuthentication = mkOption {
            type = types.bool;
            default = true;
            description = "Whether passwords are asked for.";
          };
          KbdInteractiveAuthentication = mkOption {
            type = types.bool;
            default = true;
            description = "Whether keyboard-interactive authentication is allowed.";
          };
          X11Forwarding = mkOption {
            type = types.bool;
            default = false;
            description = "Whether graphical programs' connections are forwarded.";
          };
          UsePAM = mkOption {
            type = types.bool;
            default = true;
            description = "Whether PAM is asked.";
          };
        };
      };
      default = { };
      description = "Lines of sshd_config(5).";
    };
    hostKeys = mkOption {
      type = types.listOf types.attrs;
      default = [
        {
          type = "ed25519";
          path = "/etc/ssh/ssh_host_ed25519_key";
        }
      ];
      description = "The machine's keys; missing ones are made at the first start.";
    };
    extraConfig = mkOption {
      type = types.lines;
      default = "";
      description = "Further lines of sshd_config(5).";
    };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [
      pkgs.openssh-server
      pkgs.openssh-sftp-server
    ];
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall cfg.ports;
    users.users.sshd = {
      isSystemUser = true;
      group = "nogroup";
      home = "/run/sshd";
    };
    environment.etc = {
      "ssh/sshd_config".text = ''
        ${lib.concatMapStrings (port: "Port ${toString port}\n") cfg.ports}${
          lib.concatMapStrings (key: "HostKey ${key.path}\n") cfg.hostKeys
        }AuthorizedKeysFile %h/.ssh/authorized_keys /etc/ssh/authorized_keys.d/%u
        Subsystem sftp /usr/lib/openssh/sftp-server
        ${lib.concatStrings (
          lib.mapAttrsToList (name: item: "${name} ${show item}\n") (
            lib.filterAttrs (_: item: item != null) cfg.settings
          )
        )}${cfg.extraConfig}
      '';
      "ssh/moduli".source = "${pkgs.openssh-server}/etc/ssh/moduli";
    }
    // lib.mapAttrs' (
      _: user:
      lib.nameValuePair "ssh/authorized_keys.d/${user.name}" {
        text = lib.concatLines user.openssh.authorizedKeys.keys;
        mode = "0444";
      }
    ) withKeys;
    security.pam.services.sshd = { };
    systemd.services.ssh = {
      overrideStrategy = "file";
      description = "OpenBSD Secure Shell server";
      aliases = [ "sshd.service" ];
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      restartTriggers = [ config.environment.etc."ssh/sshd_config".text ];
      # Sessions live on while the listener is replaced.
      stopIfChanged = false;
      preStart = lib.concatMapStrings (key: ''
        if ! [ -s "${key.path}" ]; then
          mkdir -p "$(dirname "${key.path}")"
          rm -f "${key.path}"
          ssh-keygen -q -t "${key.type}" ${lib.optionalString (key ? bits) "-b ${toString key.bits}"} -f "${key.path}" -N ""
        fi
      '') cfg.hostKeys;
      serviceConfig = {
        Type = "notify";
        ExecStart = "/usr/sbin/sshd -D";
        ExecReload = "/bin/kill -HUP $MAINPID";
        KillMode = "process";
        Restart = "on-failure";
        RuntimeDirectory = "sshd";
        RuntimeDirectoryMode = "0755";
      };
    };
  };
}
