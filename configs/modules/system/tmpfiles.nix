{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.systemd.tmpfiles;
in
{
  options.systemd.tmpfiles = {
    rules = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [ "d /srv/data 1777 root root 10d" ];
      description = "Lines of tmpfiles.d(5).";
    };
    settings = lib.mkOption {
      type =
        with lib.types;
        attrsOf (
          attrsOf (
            attrsOf (submodule {
              options =
                let
                  field =
                    description: default:
                    lib.mkOption {
                      type = str;
                      inherit default description;
                    };
                in
                {
                  mode = field "The mode, or - for the default." "-";
                  user = field "The owner, or - for root." "-";
                  group = field "The group, or - for root." "-";
                  age = field "When contents are old enough to be removed, or - for never." "-";
                  argument = field "The argument of the line's type." "";
                };
            })
          )
        );
      default = { };
      example."10-data"."/srv/data".d.mode = "0755";
      description = "Files of tmpfiles.d(5): file name, path, type, fields.";
    };
  };

  config.environment.etc =
    lib.optionalAttrs (cfg.rules != [ ]) {
      "tmpfiles.d/00-neve.conf".text = lib.concatLines cfg.rules;
    }
    // lib.mapAttrs' (
      file: paths:
      lib.nameValuePair "tmpfiles.d/${file}.conf" {
        text = lib.concatStrings (
          lib.concatLists (
            lib.mapAttrsToList (
              path: types:
              lib.mapAttrsToList (
                type: line: "${type} '${path}' ${line.mode} ${line.user} ${line.group} ${line.age} ${line.argument}\n"
              ) types
            ) paths
          )
        );
      }
    ) cfg.settings;
}
