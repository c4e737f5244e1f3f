# The firmware's own menu: a machine that UEFI starts through GRUB goes over to systemd-boot.
{ lib, hardware }:
{
  efi-variables = {
    name = "efi-variables";
    profile = "q35-uefi";

    nodes.machine =
      {
        config,
        lib,
        pkgs,
        extendModules,
        ...
      }:
      let
        second = extendModules {
          modules = [
            {
              boot.loader.grub.enable = lib.mkOverride 0 false;
              boot.loader.grub.efiSupport = lib.mkForce false;
              boot.kernelParams = [ "second" ];
            }
          ];
        };
      in
      {
        imports = [ ../machines/minimal.nix ];
        boot.loader = {
          systemd-boot.enable = lib.mkDefault false;
          grub.enable = true;
          grub.efiSupport = true;
          grub.device = "nodev";
          efi.canTouchEfiVariables = true;
        };
        environment.systemPackages = [ pkgs.efibootmgr ];
        virtualisation.additionalPaths = [ second.config.system.build.toplevel ];
      };

    testScript =
      { nodes, ... }:
      ''
        import re

        first = "${nodes.machine.system.build.toplevel}"
        second = "${lib.head nodes.machine.virtualisation.additionalPaths}"

        def menu():
            told = machine.succeed("efibootmgr -v")
            order = re.search(r"BootOrder: (\S+)", told)[1].split(",")
            current = re.search(r"BootCurrent: (\S+)", told)[1]
            lines = dict(re.findall(r"Boot([0-9A-F]{4})\* (.*)", told))
            return order, current, lines

        def is_ours(line, path):
            part = machine.succeed("lsblk -dno PARTUUID $(findmnt -no SOURCE /boot)").strip()
            found = re.match(r"Neve\s+HD\(1,GPT,([0-9a-f-]+),0x800,0x[0-9a-f]+\)/(?:File\()?(\S+?)\)?$", line)
            assert found is not None, line
            assert (found[1], found[2]) == (part, path), line

        machine.start(allow_reboot=True)
        machine.wait_for_unit("multi-user.target")

        with subtest("GRUB was where firmware looks by itself"):
            assert machine.succeed("readlink -f /run/booted-system").strip() == first
            machine.succeed("test -e /boot/grub/grub.cfg -a -e /boot/EFI/BOOT/BOOTX64.EFI")
            assert not any(line.startswith("Neve") for line in menu()[2].values())

        with subtest("a switch makes it the first entry of the firmware's menu"):
            machine.succeed(f"neve rebuild switch --store-path {first}")
            order, _, lines = menu()
            is_ours(lines[order[0]], r"\EFI\BOOT\BOOTX64.EFI")
            machine.succeed(f"neve rebuild switch --store-path {first}")
            assert menu()[0] == order

        with subtest("a boot menu that cannot be written leaves machine and default as they were"):
            machine.succeed("mount -o remount,ro /boot")
            told = machine.fail(f"neve rebuild switch --store-path {second} 2>&1")
            assert "the boot menu cannot be written" in told, told
            assert machine.succeed("readlink -f /run/current-system").strip() == first
            assert machine.succeed("readlink -f /nix/var/nix/profiles/system").strip() == first
            rows = machine.succeed("neve rebuild list-generations").splitlines()
            assert len(rows) == 2, rows
            machine.succeed("mount -o remount,rw /boot")

        with subtest("another boot loader takes the entry over"):
            machine.succeed(f"neve rebuild boot --store-path {second}")
            after, _, lines = menu()
            assert after == order
            is_ours(lines[after[0]], r"\EFI\systemd\systemd-bootx64.efi")

        with subtest("and the firmware starts it"):
            machine.reboot()
            machine.wait_for_console_text("Restarting system")
            machine.wait_for_unit("multi-user.target")
            assert machine.succeed("readlink -f /run/booted-system").strip() == second
            machine.succeed("grep -w second /proc/cmdline")
            order, current, _ = menu()
            assert current == order[0]
            info = machine.succeed("cat /sys/firmware/efi/efivars/LoaderInfo-*").replace("\0", "")
            assert "systemd-boot" in info, info
            machine.fail("systemctl list-units --failed --plain --no-legend | grep .")
      '';
  };
}
