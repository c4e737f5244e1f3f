# A live system on an ISO image: the store is a compressed file on the medium, all else is memory.
{
  config,
  lib,
  pkgs,
  ...
}:
{
  boot.loader.systemd-boot.enable = lib.mkForce false;
  boot.loader.grub.enable = lib.mkForce false;
  boot.growPartition = lib.mkForce false;
  boot.initrd.availableKernelModules = [ "loop" ];
  boot.initrd.kernelModules = [
    "loop"
    "overlay"
  ];
  swapDevices = lib.mkForce [ ];

  # What the machine declares for its disk does not hold here.
  fileSystems = lib.mkForce {
    "/" = {
      fsType = "tmpfs";
      options = [ "mode=0755" ];
    };
    "/iso" = {
      device = "/dev/disk/by-label/${config.image.volumeId}";
      fsType = "iso9660";
      neededForBoot = true;
      noCheck = true;
      options = [ "ro" ];
    };
    "/nix/.ro-store" = {
      device = "/iso/nix-store.erofs";
      fsType = "erofs";
      neededForBoot = true;
      noCheck = true;
      depends = [ "/iso" ];
      options = [
        "ro"
        "loop"
      ];
    };
    "/nix/.rw-store" = {
      fsType = "tmpfs";
      neededForBoot = true;
      options = [ "mode=0755" ];
    };
    "/nix/store" = {
      fsType = "overlay";
      neededForBoot = true;
      depends = [
        "/nix/.ro-store"
        "/nix/.rw-store"
      ];
      options = [
        "lowerdir=/nix/.ro-store"
        "upperdir=/nix/.rw-store/store"
        "workdir=/nix/.rw-store/work"
      ];
    };
  };

  # The medium brings the store's database; what is added to the store while it runs goes to a copy.
  system.activationScripts.live-store.text = ''
    if [ ! -e /nix/var/nix/db/db.sqlite ]; then
        mkdir -p /nix/var/nix/db /nix/var/nix/gcroots/auto /nix/var/nix/profiles
        cp --no-preserve=mode /iso/nix-db.sqlite /nix/var/nix/db/db.sqlite.new
        mv /nix/var/nix/db/db.sqlite.new /nix/var/nix/db/db.sqlite
        ln -sfn /nix/var/nix/profiles /nix/var/nix/gcroots/profiles
        ln -sfn "$systemConfig" /nix/var/nix/profiles/system-1-link
        ln -sfn system-1-link /nix/var/nix/profiles/system
    fi
  '';

  system.build.image = pkgs.builtin "iso-image" "${config.system.name}-iso" {
    toplevel = config.system.build.toplevel;
    tools = pkgs.tools.iso;
    volumeId = config.image.volumeId;
    additionalPaths = lib.concatMapStringsSep " " (path: "${path}") config.image.additionalPaths;
  };
}
