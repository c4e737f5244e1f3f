{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.security.sudo;

  listOf =
    type: default: description:
    mkOption {
      type = types.listOf type;
      inherit default description;
    };
  text =
    default: description:
    mkOption {
      type = types.str;
      inherit default description;
    };
  nameOrNumber = types.either types.str types.int;
  rule.options = {
    users = listOf nameOrNumber [ ] "The users, by name or number, that the rule is for.";
    groups = listOf nameOrNumber [ ] "The groups, by name or number, that the rule is for.";
    host = text "ALL" "The host that the rule is for.";
    runAs = text "ALL:ALL" "The user and group that the commands may run as.";
    commands = listOf (types.either types.str (
      types.submodule {
        options = {
          command = mkOption {
            type = types.str;
            description = "The command, with arguments if only these are allowed; ALL for every one.";
          };
          options =
            listOf
              (types.enum (
                lib.concatMap (tag: [
                  tag
                  "NO${tag}"
                ]) [
                  "EXEC"
                  "FOLLOW"
                  "LOG_INPUT"
                  "LOG_OUTPUT"
                  "MAIL"
                  "PASSWD"
                  "SETENV"
                ]
              ))
              [ ]
              "Tags of sudoers(5).";
        };
      }
    )) [ ] "The commands that the rule allows.";
  };

  # sudoers(5): a number is written #1000, a group %users, a group's number %#100.
  subject = prefix: item: if lib.isInt item then "${prefix}#${toString item}" else "${prefix}${item}";
  command =
    item:
    if lib.isString item then
      item
    else
      lib.concatMapStrings (tag: "${tag}: ") item.options + item.command;
  ruleLine =
    rule:
    let
      subjects = map (subject "") rule.users ++ map (subject "%") rule.groups;
    in
    lib.optionalString (subjects != [ ] && rule.commands != [ ])
      "${lib.concatStringsSep ", " subjects} ${rule.host}=(${rule.runAs}) ${lib.concatMapStringsSep ", " command rule.commands}\n";

  wrapper = name: {
    setuid = true;
    owner = "root";
    group = if cfg.execWheelOnly then "wheel" else "root";
    permissions = if cfg.execWheelOnly then "u+rx,g+x" else "u+rx,g+x,o+x";
    source = "/usr/bin/${name}";
  };
in
{
  options.security.sudo = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether sudo is there.";
    };
    wheelNeedsPassword = mkOption {
      type = types.bool;
      default = true;
      description = "Whether members of `wheel` and `sudo` must give their password.";
    };
    execWheelOnly = mkOption {
      type = types.bool;
      default = false;
      description = "Whether only members of `wheel` can start sudo at all.";
    };
    extraRules = mkOption {
      type = types.listOf (types.submodule rule);
      default = [ ];
      example = [
        {
          groups = [ "operators" ];
          commands = [
            {
              command = "/usr/bin/systemctl reboot";
              options = [ "NOPASSWD" ];
            }
          ];
        }
      ];
      description = "Further rules, in their order: of those that match, the last one counts.";
    };
    extraConfig = mkOption {
      type = types.lines;
      default = "";
      description = "Further lines of sudoers(5).";
    };
  };
  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ pkgs.sudo ];
    users.groups.wheel = { };
    security.wrappers = {
      sudo = wrapper "sudo";
      sudoedit = wrapper "sudoedit";
    };
    security.pam.services = {
      sudo = { };
      sudo-i = { };
    };
    environment.etc = {
      "sudo.conf".text = "";
      "sudoers" = {
        mode = "0440";
        text = ''
          Defaults secure_path="/run/wrappers/bin:/usr/local/bin:/usr/bin:/usr/sbin"
          root ALL=(ALL:ALL) SETENV: ALL
          %wheel ALL=(ALL:ALL) ${lib.optionalString (!cfg.wheelNeedsPassword) "NOPASSWD: "}SETENV: ALL
          %sudo ALL=(ALL:ALL) ${lib.optionalString (!cfg.wheelNeedsPassword) "NOPASSWD: "}SETENV: ALL
          ${lib.concatMapStrings ruleLine cfg.extraRules}${cfg.extraConfig}
        '';
      };
    };
  };
}
