# The machine tests: each file is a test, or a set of tests.
{
  lib,
  hardware,
  testing,
}:
let
  call = file: testing.runTest (import file { inherit lib hardware; });
in
{
  services = call ./services.nix;
}
