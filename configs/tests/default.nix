# The machine tests: each file is a test, or a set of tests.
{
  lib,
  hardware,
  testing,
}:
let
  call = file: testing.runTest (import file { inherit lib hardware; });
  callSet = file: lib.mapAttrs (_: testing.runTest) (import file { inherit lib hardware; });
in
{
  boot = call ./boot.nix;
  system = call ./system.nix;
  services = call ./services.nix;
  caches = call ./caches.nix;
  kernel = call ./kernel.nix;
  switching = call ./switching.nix;
  rebuild = call ./rebuild.nix;
  failed-switch = call ./failed-switch.nix;
  packaging = call ./packaging.nix;
}
// callSet ./profiles.nix
// callSet ./iso.nix
// callSet ./rollback.nix
// callSet ./efi-variables.nix
