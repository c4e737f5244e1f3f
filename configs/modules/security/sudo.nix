{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.security.sudo;
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
      sudo = {
        setuid = true;
        owner = "root";
        group = "root";
        source = "/usr/bin/sudo";
      };
      sudoedit = {
        setuid = true;
        owner = "root";
        group = "root";
        source = "/usr/bin/sudoedit";
      };
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
          ${cfg.extraConfig}
        '';
      };
    };
  };
}
