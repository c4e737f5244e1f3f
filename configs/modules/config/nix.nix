# Settings of Neve itself on the machine, by the names that they have on NixOS.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.nix.settings;
  usesCaches = cfg.substituters != [ ] || cfg.secret-key-files != [ ];
  words = types.listOf types.singleLineStr;
  shown =
    value:
    if builtins.isList value then
      lib.concatStringsSep " " value
    else if builtins.isBool value then
      lib.boolToString value
    else
      toString value;
  seconds =
    default: description:
    mkOption {
      type = types.ints.unsigned;
      inherit default description;
    };
in
{
  options.nix.settings = {
    substituters = mkOption {
      type = words;
      default = [ ];
      example = [ "http://builder.example:5000" ];
      description = "Binary caches that are asked before anything is built.";
    };
    trusted-public-keys = mkOption {
      type = words;
      default = [ ];
      example = [ "builder.example-1:6vX0ZSx0…=" ];
      description = "Keys whose signatures make a cache's paths welcome.";
    };
    secret-key-files = mkOption {
      type = words;
      default = [ ];
      example = [ "/etc/secrets/cache.key" ];
      description = "Files with the keys that `neve store push` and `neve store serve` sign with.";
    };
    require-sigs = mkOption {
      type = types.bool;
      default = true;
      description = "Whether a path from a cache needs a signature of a trusted key.";
    };
    auto-optimise-store = mkOption {
      type = types.bool;
      default = false;
      description = "Whether files of the same content become one as they come into the store.";
    };
    substitute = mkOption {
      type = types.bool;
      default = true;
      description = "Whether caches are asked.";
    };
    narinfo-cache-negative-ttl = seconds 3600 "How many seconds a cache's `no` is believed.";
    narinfo-cache-positive-ttl = seconds 2592000 "How many seconds a cache's `yes` is believed.";
  };

  config = lib.mkMerge [
    (lib.mkIf (usesCaches || cfg.auto-optimise-store) {
      environment.etc."neve/neve.conf".text = lib.concatStrings (
        lib.mapAttrsToList (name: value: "${name} = ${shown value}\n") cfg
      );
    })
    (lib.mkIf usesCaches {
      environment.systemPackages = with pkgs; [
        python3-nacl
        python3-urllib3
        python3-zstandard
      ];
    })
  ];
}
