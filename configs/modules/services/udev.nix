{ config, lib, ... }:
let
  cfg = config.services.udev;
in
{
  options.services.udev.extraRules = lib.mkOption {
    type = lib.types.lines;
    default = "";
    example = ''ENV{ID_VENDOR_ID}=="046d", MODE="0660"'';
    description = "Further rules, after all others.";
  };
  config = {
    environment.etc."udev/udev.conf".text = "";
    environment.etc."udev/rules.d/99-local.rules" = lib.mkIf (cfg.extraRules != "") {
      text = cfg.extraRules;
    };
  };
}
