# A PC with UEFI, an NVMe disk and an e1000e network card.
{ lib, ... }:
{
  virtualisation.hardware = {
    name = "nvme-uefi";
    arch = "x86_64";
    machine = "q35";
    firmware = "uefi";
    disk = "nvme";
    nic = "e1000e";
  };
  virtualisation.imageFormat = "raw-efi";
  nixpkgs.hostPlatform = lib.mkDefault "x86_64-linux";
}
