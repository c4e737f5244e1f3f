{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.programs.bash;
  aliases = lib.concatStrings (
    lib.mapAttrsToList (name: item: "alias -- ${name}=${lib.escapeShellArg item}\n") (
      lib.filterAttrs (_: item: item != null) (config.environment.shellAliases // cfg.shellAliases)
    )
  );
  lines =
    description:
    mkOption {
      type = types.lines;
      default = "";
      inherit description;
    };
in
{
  options.programs.bash = {
    shellAliases = mkOption {
      type = types.attrsOf (types.nullOr types.str);
      default = { };
      description = "Aliases of bash.";
    };
    shellInit = lines "Code that every bash runs at its start.";
    loginShellInit = lines "Code that login shells run.";
    interactiveShellInit = lines "Code that interactive shells run.";
    promptInit = mkOption {
      type = types.lines;
      default = ''
        PS1='\u@\h:\w\$ '
      '';
      description = "Code that sets the prompt.";
    };
  };
  config = {
    environment.shellAliases = {
      ls = lib.mkDefault "ls --color=auto";
      ll = lib.mkDefault "ls -l";
      l = lib.mkDefault "ls -alh";
    };
    environment.loginShellInit = cfg.loginShellInit;
    environment.etc."bash.bashrc".text = ''
      . /etc/set-environment
      if [ -z "$__NEVE_SHELL_INIT_DONE" ]; then
      __NEVE_SHELL_INIT_DONE=1
      ${config.environment.shellInit}
      fi
      ${cfg.shellInit}
      [ -n "$PS1" ] || return 0
      [ -z "$__NEVE_BASHRC_DONE" ] || return 0
      __NEVE_BASHRC_DONE=1
      shopt -s checkwinsize
      ${aliases}
      ${config.environment.interactiveShellInit}
      ${cfg.interactiveShellInit}
      ${cfg.promptInit}
    '';
  };
}
