# A modern PC with UEFI and virtio devices.
{ lib, ... }:
{
  virtualisation.hardware = {
    name = "q35-uefi";
    arch = "x86_64";
    machine = "q35";
    firmware = "uefi";
    disk = "virtio";
    nic = "virtio-net-pci";
  };
  virtualisation.imageFormat = "raw-efi";
  nixpkgs.hostPlatform = lib.mkDefault "x86_64-linux";
}
