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
  shells = lib.concatMap (folder: map (name: "${folder}/${name}") [ "sh" "bash" "dash" ]) [
    "/bin"
    "/usr/bin"
  ];
  usersShells = map (user: user.shell) (
    lib.filter (user: !lib.hasSuffix "/nologin" user.shell) config.users.spec.users
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
        # What shells of a login start does not run this again, but has shellInit from its own file.
        __NEVE_SHELL_INIT_DONE=1
        ${cfg.loginShellInit}
        if [ -n "$BASH_VERSION" ]; then . /etc/bash.bashrc; fi
      '';
      "shells".text = lib.concatLines (lib.unique (shells ++ usersShells));
      "login.defs".source = "${pkgs."login.defs"}/etc/login.defs";
    };
  };
}
