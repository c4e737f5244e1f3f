# PAM: the shared stacks that Debian's maintainer scripts would write, and services.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.security.pam;
  serviceOptions =
    { name, ... }:
    {
      options = {
        name = mkOption {
          type = types.str;
          default = name;
          description = "The service's name.";
        };
        rootOK = mkOption {
          type = types.bool;
          default = false;
          description = "Whether root need not authenticate.";
        };
        startSession = mkOption {
          type = types.bool;
          default = true;
          description = "Whether systemd-logind is told of the session.";
        };
        setLoginUid = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the audit system is told of the login.";
        };
        text = mkOption {
          type = types.nullOr types.lines;
          default = null;
          description = "The whole file; null composes it from the other options.";
        };
      };
    };
  compose = service: ''
    ${lib.optionalString service.rootOK "auth sufficient pam_rootok.so\n"}@include common-auth
    account required pam_nologin.so
    @include common-account
    ${lib.optionalString service.setLoginUid "session required pam_loginuid.so\n"}session required pam_env.so readenv=1
    session required pam_limits.so
    @include ${if service.startSession then "common-session" else "common-session-noninteractive"}
    @include common-password
  '';
in
{
  options.security.pam = {
    services = mkOption {
      type = types.attrsOf (types.submodule serviceOptions);
      default = { };
      description = "PAM services.";
    };
    loginLimits = mkOption {
      type = types.listOf (
        types.submodule {
          options = lib.genAttrs [ "domain" "type" "item" ] (
            field:
            mkOption {
              type = types.str;
              description = "The field `${field}` of limits.conf(5).";
            }
          ) // {
            value = mkOption {
              type = types.either types.str types.int;
              description = "The limit.";
            };
          };
        }
      );
      default = [ ];
      description = "Lines of limits.conf(5).";
    };
  };
  config = {
    security.pam.services = {
      login.setLoginUid = true;
      su.rootOK = true;
      su-l.rootOK = true;
      runuser = {
        rootOK = true;
        startSession = false;
      };
      runuser-l = {
        rootOK = true;
        startSession = false;
      };
      passwd.text = "@include common-password\n";
      chpasswd.text = "@include common-password\n";
      chfn.rootOK = true;
      chsh.rootOK = true;
      sshd.setLoginUid = true;
      sudo.startSession = false;
      other.text = ''
        @include common-auth
        @include common-account
        @include common-password
        @include common-session
      '';
      systemd-user.text = ''
        account required pam_unix.so
        session required pam_loginuid.so
        session optional pam_keyinit.so force revoke
        session required pam_unix.so
        session required pam_limits.so
        session optional pam_systemd.so
      '';
    };
    environment.systemPackages = [
      pkgs.libpam-modules
      pkgs.libpam-modules-bin
    ];
    environment.etc = {
      "pam.d/common-auth".text = ''
        auth [success=1 default=ignore] pam_unix.so nullok
        auth requisite pam_deny.so
        auth required pam_permit.so
      '';
      "pam.d/common-account".text = ''
        account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so
        account requisite pam_deny.so
        account required pam_permit.so
      '';
      "pam.d/common-password".text = ''
        password [success=1 default=ignore] pam_unix.so obscure yescrypt
        password requisite pam_deny.so
        password required pam_permit.so
      '';
      "pam.d/common-session".text = ''
        session required pam_unix.so
        session optional pam_systemd.so
      '';
      "pam.d/common-session-noninteractive".text = ''
        session required pam_unix.so
      '';
      "security/limits.conf".text = lib.concatMapStrings (
        line: "${line.domain} ${line.type} ${line.item} ${toString line.value}\n"
      ) cfg.loginLimits;
      "security/pam_env.conf".text = "";
      "security/namespace.conf".text = "";
      "security/access.conf".text = "";
      "security/group.conf".text = "";
      "security/time.conf".text = "";
    }
    // lib.mapAttrs' (
      _: service:
      lib.nameValuePair "pam.d/${service.name}" {
        text = if service.text != null then service.text else compose service;
      }
    ) cfg.services;
  };
}
