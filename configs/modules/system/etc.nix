# Files below /etc: a tree in the store, shown there by activation.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;

  entry =
    { name, config, ... }:
    {
      options = {
        enable = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the file is made.";
        };
        target = mkOption {
          type = types.str;
          default = name;
          description = "Where the file is, below /etc.";
        };
        text = mkOption {
          type = types.nullOr types.lines;
          default = null;
          description = "The file's text.";
        };
        source = mkOption {
          type = types.path;
          description = "The file or folder that is shown.";
        };
        mode = mkOption {
          type = types.strMatching "symlink|0?[0-7]{3,4}";
          default = "symlink";
          example = "0600";
          description = "`symlink`, or the mode of a copy.";
        };
        user = mkOption {
          type = types.str;
          default = "root";
          description = "The owner of a copy.";
        };
        group = mkOption {
          type = types.str;
          default = "root";
          description = "The group of a copy.";
        };
      };
      config.source = lib.mkIf (config.text != null) (
        lib.mkDefault (
          pkgs.writeText "etc-${lib.replaceStrings [ "/" "@" " " ] [ "-" "-" "-" ] (lib.removePrefix "." name)}" config.text
        )
      );
    };

  entries = lib.filter (file: file.enable) (lib.attrValues config.environment.etc);
  copies = lib.filter (file: file.mode != "symlink") entries;
  byTarget =
    files: make:
    builtins.listToAttrs (map (file: lib.nameValuePair file.target (make file)) files);
in
{
  options = {
    environment.etc = mkOption {
      type = types.attrsOf (types.submodule entry);
      default = { };
      example.motd.text = "Welcome\n";
      description = "Files below /etc.";
    };
    system.build.etc = mkOption {
      internal = true;
      type = types.package;
      description = "The tree of /etc, with `etc` and, for what is copied, `copies.json`.";
    };
  };

  config.system.build.etc = pkgs.tree "etc" (
    lib.mapAttrs' (target: link: lib.nameValuePair "etc/${target}" { inherit link; }) (
      byTarget entries (file: "${file.source}")
    )
    // {
      "copies.json".text = builtins.toJSON (
        byTarget copies (file: {
          inherit (file) mode user group;
        })
      );
    }
  );
}
