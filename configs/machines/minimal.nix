# The smallest machine that is useful: it boots, can be logged in to, and can change generation.
{ lib, pkgs, ... }:
{
  networking.hostName = lib.mkDefault "minimal";

  fileSystems."/" = {
    label = lib.mkDefault "neve";
    fsType = lib.mkDefault "ext4";
  };
  boot.loader.systemd-boot.enable = lib.mkDefault true;
  boot.loader.timeout = lib.mkDefault 3;
  boot.kernelParams = [
    "console=tty0"
    "console=${if pkgs.stdenv.hostPlatform.isAarch64 then "ttyAMA0" else "ttyS0"}"
  ];

  # For trying things out: change it on a machine that others can reach.
  users.users.root.initialPassword = "neve";

  services.timesyncd.enable = lib.mkDefault true;
  security.sudo.enable = lib.mkDefault false;
  networking.firewall.enable = lib.mkDefault true;

  system.stateVersion = "0.1";
}
