# The minimal image starts by its real firmware on every kind of computer.
{ lib, hardware }:
let
  # What the machine must see: its firmware, the disk's driver, the network card's.
  seen = {
    q35-uefi = {
      efi = true;
      disk = "virtio_blk";
      nic = "virtio_net";
    };
    pc-bios = {
      efi = false;
      disk = "ata_piix";
      nic = "e1000";
    };
    nvme-uefi = {
      efi = true;
      disk = "nvme";
      nic = "e1000e";
    };
    arm64-uefi = {
      efi = true;
      disk = "virtio_blk";
      nic = "virtio_net";
    };
  };
  # MiB: the image's root is smaller by far, so that a root of this size has grown.
  diskSize = 3072;

  test = profile: {
    name = "profile-${profile}";
    inherit profile;
    meta.slow = profile == "arm64-uefi";

    nodes.machine = {
      imports = [ ../machines/minimal.nix ];
      networking.hostName = "minimal";
      virtualisation = { inherit diskSize; };
    };

    testScript =
      { nodes, ... }:
      ''
        machine.wait_for_unit("multi-user.target")

        with subtest("the whole machine has started"):
            state = machine.succeed("systemctl is-system-running --wait || systemctl --failed").strip()
            assert state == "running", state
            assert machine.succeed("hostname").strip() == "minimal"
            toplevel = machine.succeed("readlink -f /run/booted-system").strip()
            assert toplevel == "${nodes.machine.system.build.toplevel}", toplevel

        with subtest("it came by its firmware"):
            machine.${if seen.${profile}.efi then "succeed" else "fail"}("test -d /sys/firmware/efi")
            assert machine.succeed("uname -m").strip() == "${hardwareArch.${profile}}"

        with subtest("disk and network card have their drivers"):
            # The root's disk, then up the devices to the first one that is bound to a driver.
            disk = machine.succeed("lsblk -ndo PKNAME $(findmnt -no SOURCE /)").strip()
            drivers = machine.succeed(
                f"cd -P /sys/block/{disk}/device; "
                "while [ $PWD != /sys ]; do [ ! -L driver ] || basename $(readlink driver); cd ..; done"
            ).split()
            assert "${seen.${profile}.disk}" in drivers, drivers
            # Nothing waits for the card before multi-user.target.
            nic = machine.wait_until_succeeds(
                "basename $(readlink /sys/class/net/eth0/device/driver)"
            ).strip()
            assert nic == "${seen.${profile}.nic}", nic

        with subtest("the root has grown to its disk"):
            size = int(machine.succeed("df --output=size -BM / | tail -1").strip().rstrip("M"))
            partition = int(machine.succeed(f"lsblk -bdno SIZE $(findmnt -no SOURCE /)")) >> 20
            assert partition > ${toString (diskSize - 160)}, f"the partition has {partition} MiB"
            assert size > ${toString (diskSize * 85 / 100)}, f"the file system has {size} MiB"

        with subtest("the store is sound and has its first generation"):
            machine.succeed("neve store verify --no-contents", timeout=300)
            generations = machine.succeed("neve rebuild list-generations").splitlines()
            assert len(generations) == 2 and generations[1].startswith("1 "), generations
            machine.succeed(f"test $(readlink -f /nix/var/nix/profiles/system) = {toplevel}")
      '';
  };
  hardwareArch = lib.mapAttrs (name: _: if name == "arm64-uefi" then "aarch64" else "x86_64") seen;
in
lib.mapAttrs' (name: _: lib.nameValuePair "profile-${name}" (test name)) hardware
