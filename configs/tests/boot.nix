# How long the minimal machine takes from QEMU's start to multi-user.target. The time is written
# to the test's output for the benchmark; the test itself only wants it to get there.
{ ... }:
{
  name = "boot";
  nodes.machine = {
    imports = [ ../machines/minimal.nix ];
    networking.hostName = "minimal";
    virtualisation.vlans = [ ];
    virtualisation.cores = 2;
  };
  testScript = ''
    import time
    start = time.monotonic()
    machine.start()
    machine.wait_for_unit("multi-user.target")
    seconds = time.monotonic() - start
    (machine.out_dir / "seconds").write_text(f"{seconds:.1f}\n")
    blame = machine.succeed("systemd-analyze; systemd-analyze blame | head -25; systemd-analyze critical-chain")
    (machine.out_dir / "blame").write_text(blame)
    assert machine.succeed("systemctl list-units --failed --plain --no-legend").strip() == ""
  '';
}
