# Stage 1: the initial RAM disk that finds the root file system.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.boot.initrd;
  modules = config.boot.kernelPackages.modules;

  applets = [
    "cat"
    "chmod"
    "cmp"
    "cttyhack"
    "cut"
    "dmesg"
    "echo"
    "find"
    "findfs"
    "grep"
    "insmod"
    "kill"
    "ln"
    "losetup"
    "ls"
    "lsmod"
    "mkdir"
    "mknod"
    "modprobe"
    "mount"
    "mv"
    "poweroff"
    "ps"
    "readlink"
    "reboot"
    "rm"
    "sed"
    "setsid"
    "sh"
    "sleep"
    "sort"
    "switch_root"
    "tr"
    "umount"
    "uname"
    "usleep"
    "vi"
    "xargs"
  ];

  # Kernels for few kinds of hardware lack some of these.
  usualModules = lib.optionals cfg.includeDefaultModules (
    [
      "ext4"
      "nvme"
      "sd_mod"
      "sr_mod"
      "uas"
      "usb_storage"
      "virtio_blk"
      "virtio_pci"
      "virtio_scsi"
      "virtio_console"
      "xhci_pci"
    ]
    ++ lib.optionals pkgs.stdenv.hostPlatform.isx86_64 [
      "ahci"
      "ata_generic"
      "ata_piix"
      "ehci_pci"
      "uhci_hcd"
    ]
    ++ lib.optionals pkgs.stdenv.hostPlatform.isAarch64 [ "virtio_mmio" ]
  );

  # Nearest to the root first, as the mounts need each other.
  depth = path: if path == "/" then 0 else lib.length (lib.splitString "/" path);
  early = lib.sort (
    a: b: depth a.mountPoint < depth b.mountPoint || (depth a.mountPoint == depth b.mountPoint && a.mountPoint < b.mountPoint)
  ) (lib.filter (fs: fs.neededForBoot) (lib.attrValues config.fileSystems));
  orderedBy =
    file: lib.filter (other: lib.elem other.mountPoint file.depends) early;
  inOrder = lib.unique (lib.concatMap (file: orderedBy file ++ [ file ]) early);

  mountLine =
    file:
    lib.concatStringsSep " " [
      file.source
      file.mountPoint
      file.fsType
      (
        let
          options = lib.filter (option: !lib.hasPrefix "x-" option) file.options;
        in
        if options == [ ] then "defaults" else lib.concatStringsSep "," options
      )
      (if file.noCheck then "no" else "yes")
    ];

  files = {
    "init" = {
      text = builtins.readFile ./stage-1.sh;
      executable = true;
    };
    "bin/busybox".copy = "${pkgs.busybox-static}/usr/bin/busybox";
    "bin/fsck.ext4".copy = "${pkgs.e2fsprogs}/usr/sbin/e2fsck";
    "sbin/modprobe".link = "../bin/busybox";
    "etc/fstab".text = "";
    "etc/stage-1.conf".text = ''
      rootTimeout=${toString cfg.rootTimeout}
      kernelModules="${lib.concatStringsSep " " cfg.kernelModules}"
    '';
    "etc/mounts".text = lib.concatMapStrings (file: mountLine file + "\n") inOrder;
    "dev/.keep".text = "";
    "proc/.keep".text = "";
    "run/.keep".text = "";
    "sys/.keep".text = "";
  }
  // builtins.listToAttrs (
    map (applet: lib.nameValuePair "bin/${applet}" { link = "busybox"; }) applets
  );
in
{
  options.boot.initrd = {
    availableKernelModules = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Modules held by the initial RAM disk and loaded when the hardware asks for them.";
    };
    kernelModules = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Modules always loaded by the initial RAM disk.";
    };
    includeDefaultModules = mkOption {
      type = types.bool;
      default = true;
      description = "Whether the usual disks' and file systems' modules are held, as far as the kernel has them.";
    };
    supportedFilesystems = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "btrfs" ];
      description = "File systems, by their modules, that the initial RAM disk can mount.";
    };
    libraryPackages = mkOption {
      type = types.listOf types.package;
      default = [ ];
      description = "Packages in which the libraries of the initial RAM disk's programs are sought.";
    };
    rootTimeout = mkOption {
      type = types.ints.positive;
      default = 30;
      description = "How many seconds to wait for a disk.";
    };
  };

  options.system.build.initialRamdisk = mkOption {
    internal = true;
    type = types.package;
    description = "The initial RAM disk, in the file `initrd`.";
  };

  config = {
    boot.initrd = {
      libraryPackages = pkgs.closure [ pkgs.e2fsprogs ];
      supportedFilesystems = lib.unique (
        lib.filter (type: type != "tmpfs") (map (file: file.fsType) inOrder)
      );
    };
    system.build.initialRamdisk = pkgs.builtin "initrd" "initrd" {
      files = builtins.toJSON files;
      libraries = builtins.toJSON (map (package: "${package}") cfg.libraryPackages);
      modules = "${modules}";
      moduleNames = builtins.toJSON (
        lib.unique (cfg.availableKernelModules ++ cfg.kernelModules ++ cfg.supportedFilesystems)
      );
      usualModules = builtins.toJSON usualModules;
      tools = pkgs.tools.zstd;
    };
  };
}
