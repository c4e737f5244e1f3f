# An old PC with a BIOS, an IDE disk and an e1000 network card.
{ lib, ... }:
{
  virtualisation.hardware = {
    name = "pc-bios";
    arch = "x86_64";
    machine = "pc";
    firmware = "bios";
    disk = "ide";
    nic = "e1000";
  };
  virtualisation.imageFormat = "raw-bios";
  nixpkgs.hostPlatform = lib.mkDefault "x86_64-linux";
}
