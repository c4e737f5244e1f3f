# Variables and aliases of all shells.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.environment;
  asText =
    item: if lib.isList item then lib.concatStringsSep ":" (map toString item) else toString item;
  exports = lib.concatStrings (
    lib.mapAttrsToList (name: item: "export ${name}=\"${asText item}\"\n") (
      lib.filterAttrs (_: item: item != null) cfg.variables
    )
  );
in
{
  options.environment = {
    variables = mkOption {
      type =
        with types;
        attrsOf (
          nullOr (oneOf [
            (listOf (oneOf [
              int
              str
              path
            ]))
            int
            str
            path
          ])
        );
      default = { };
      example.EDITOR = "vim";
      description = "Variables that shells set; a list is joined by colons.";
    };
    sessionVariables = mkOption {
      type = with types; attrsOf (oneOf [ int str path ]);
      default = { };
      description = "Variables that a login sets, by PAM, before any shell.";
    };
    shellAliases = mkOption {
      type = types.attrsOf (types.nullOr types.str);
      default = { };
      example.ll = "ls -l";
      description = "Aliases of all shells.";
    };
    shellInit = mkOption {
      type = types.lines;
      default = "";
      description = "Shell code that every shell runs at its start.";
    };
    loginShellInit = mkOption {
      type = types.lines;
      default = "";
      description = "Shell code that login shells run.";
    };
    interactiveShellInit = mkOption {
      type = types.lines;
      default = "";
      description = "Shell code that interactive shells run.";
    };
  };

  config = {
    environment.variables = lib.mapAttrs (_: lib.mkDefault) cfg.sessionVariables;
    environment.etc = {
      "set-environment".text = ''
        # Read by every shell, once.
        [ -z "$__NEVE_SET_ENVIRONMENT_DONE" ] || return 0
        export __NEVE_SET_ENVIRONMENT_DONE=1
        export PATH=/run/wrappers/bin:/usr/local/bin:/usr/bin:/usr/sbin
        ${exports}
      '';
      "environment".text = lib.concatStrings (
        lib.mapAttrsToList (name: item: "${name}=${toString item}\n") (
          { PATH = "/run/wrappers/bin:/usr/local/bin:/usr/bin:/usr/sbin"; } // cfg.sessionVariables
        )
      );
      "profile".text = ''
        . /etc/set-environment
        ${cfg.shellInit}
        ${cfg.loginShellInit}
        if [ -n "$BASH_VERSION" ] && [ -n "$PS1" ]; then . /etc/bash.bashrc; fi
      '';
      "shells".text = "/bin/sh\n/bin/bash\n/bin/dash\n/usr/bin/sh\n/usr/bin/bash\n/usr/bin/dash\n";
      "login.defs".source = "${pkgs."login.defs"}/etc/login.defs";
    };
  };
}
