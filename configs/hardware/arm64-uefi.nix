# A 64-bit ARM server with UEFI and virtio devices.
{ lib, ... }:
{
  virtualisation.hardware = {
    name = "arm64-uefi";
    arch = "aarch64";
    machine = "virt";
    firmware = "uefi";
    disk = "virtio";
    nic = "virtio-net-pci";
  };
  virtualisation.imageFormat = "raw-efi";
  nixpkgs.hostPlatform = lib.mkDefault "aarch64-linux";
}
