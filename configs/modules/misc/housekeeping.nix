# Collecting what no generation needs any more.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.nix.gc;
in
{
  options.nix.gc = {
    automatic = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether to collect garbage in the store by a timer.";
    };
    dates = lib.mkOption {
      type = with lib.types; either singleLineStr (listOf singleLineStr);
      default = [ "03:15" ];
      description = "When to collect, as systemd.time(7) writes it.";
    };
    randomizedDelaySec = lib.mkOption {
      type = lib.types.singleLineStr;
      default = "0";
      description = "How long the start is delayed at random.";
    };
    persistent = lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = "Whether a run missed while the machine was off is made up for.";
    };
    options = lib.mkOption {
      type = lib.types.singleLineStr;
      default = "";
      example = "--delete-older-than 30d";
      description = "Further arguments of `neve store gc`.";
    };
  };

  config.systemd = lib.mkIf cfg.automatic {
    services.nix-gc = {
      description = "Neve garbage collector";
      serviceConfig = {
        Type = "oneshot";
        ExecStart = "/usr/bin/neve store gc ${cfg.options}";
      };
      startAt = cfg.dates;
    };
    timers.nix-gc.timerConfig = {
      RandomizedDelaySec = cfg.randomizedDelaySec;
      Persistent = cfg.persistent;
    };
  };
}
