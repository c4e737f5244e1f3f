# Hardware profiles: modules that describe a kind of machine, and how QEMU stands in for it.
{
  q35-uefi = ./q35-uefi.nix;
  pc-bios = ./pc-bios.nix;
  nvme-uefi = ./nvme-uefi.nix;
  arm64-uefi = ./arm64-uefi.nix;
}
