# The machine as QEMU stands in for it. Hardware profiles and machine tests set these.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  option =
    type: default: description:
    mkOption { inherit type default description; };
in
{
  options.virtualisation = {
    hardware = mkOption {
      type = types.submodule {
        options = {
          name = option types.str "direct" "The profile's name.";
          arch = option (types.enum [ "x86_64" "aarch64" ]) (
            lib.head (lib.splitString "-" config.nixpkgs.hostPlatform)
          ) "The processor's architecture.";
          machine = option (types.enum [ "q35" "pc" "virt" ]) (
            if config.nixpkgs.hostPlatform == "aarch64-linux" then "virt" else "q35"
          ) "QEMU's board.";
          cpu = option types.str "max" "QEMU's model of the processor.";
          firmware = option (types.nullOr (types.enum [ "uefi" "bios" ])) null "The firmware.";
          disk = option (types.enum [ "virtio" "ide" "nvme" ]) "virtio" "How disks are attached.";
          nic = option (types.enum [ "virtio-net-pci" "rtl8139" "e1000" "e1000e" ]) "virtio-net-pci"
            "The network card.";
        };
      };
      default = { };
      description = "The kind of computer.";
    };
    imageFormat = option types.str "raw-efi" "The format of the image that the hardware starts from.";
    bootMedium = option (types.enum [ "disk" "cdrom" "usb" ]) "cdrom"
      "What an ISO image is put into the machine as. Other images are disks.";
    memorySize = option types.ints.positive 1024 "Memory in MiB.";
    cores = option types.ints.positive 1 "Processors.";
    diskSize = option (types.nullOr types.ints.positive) null "The disk's size in MiB; null leaves the image's.";
    emptyDiskImages = option (types.listOf types.ints.positive) [ ] "Sizes of further, empty disks in MiB.";
    vlans = option (types.listOf (types.ints.between 1 255)) [ 1 ] "Virtual networks that the machine is on.";
    restrictNetwork = option types.bool true "Whether the machine reaches nothing beyond the virtual networks.";
    forwardPorts = option (types.listOf types.attrs) [ ] "Ports of the host's loopback that lead to the machine's.";
    sharedDirectories = option (types.attrsOf types.attrs) { } "Folders of the host that the machine sees.";
    additionalPaths = option (types.listOf types.package) [ ] "Further store paths on the machine's disk.";
    useBootLoader = option types.bool false "Whether the machine starts by its firmware and boot menu.";
    qemu.options = option (types.listOf types.str) [ ] "Further arguments of QEMU.";
  };
}
