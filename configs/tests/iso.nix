# The live ISO starts by UEFI and by BIOS, from a CD and from a USB stick, and its store is usable.
{ lib, hardware }:
let
  test = name: profile: medium: {
    inherit name profile;
    # From a stick the same bytes start: worth a run, not one at every change.
    meta.slow = medium == "usb";

    nodes.machine =
      { lib, ... }:
      {
        imports = [ ../machines/minimal.nix ];
        networking.hostName = "minimal";
        virtualisation = {
          imageFormat = lib.mkForce "iso";
          bootMedium = medium;
        };
      };

    testScript =
      { nodes, ... }:
      ''
        machine.wait_for_unit("multi-user.target")

        with subtest("the whole machine has started, by its firmware"):
            state = machine.succeed("systemctl is-system-running --wait || systemctl --failed").strip()
            assert state == "running", state
            machine.${if hardware.${profile} == hardware.pc-bios then "fail" else "succeed"}("test -d /sys/firmware/efi")
            toplevel = machine.succeed("readlink -f /run/booted-system").strip()
            assert toplevel == "${nodes.machine.system.build.toplevel}", toplevel

        with subtest("it lives in memory and on the medium"):
            assert machine.succeed("findmnt -no FSTYPE /").strip() == "tmpfs"
            assert machine.succeed("findmnt -no FSTYPE /iso").strip() == "iso9660"
            source = machine.succeed("findmnt -no SOURCE /iso").strip()
            assert source.startswith("/dev/${if medium == "usb" then "sd" else "sr"}"), source
            machine.succeed("echo kept > /root/note && grep kept /root/note")

        with subtest("the store can be read, checked and added to"):
            machine.succeed("cat /run/current-system/nixos-version")
            machine.succeed("neve store verify --no-contents", timeout=300)
            machine.succeed("echo added > /nix/store/.probe && rm /nix/store/.probe")
            machine.fail("echo changed > /iso/probe")
            generations = machine.succeed("neve rebuild list-generations").splitlines()
            assert len(generations) == 2 and generations[1].startswith("1 "), generations
      '';
  };
in
{
  iso = test "iso" "q35-uefi" "cdrom";
  iso-bios = test "iso-bios" "pc-bios" "cdrom";
  iso-usb = test "iso-usb" "q35-uefi" "usb";
  iso-usb-bios = test "iso-usb-bios" "pc-bios" "usb";
}
