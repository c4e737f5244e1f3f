# The way back to an older generation: live, and by the boot menu over the serial console.
{ lib, hardware }:
let
  test = name: profile: {
    inherit name profile;

    nodes.machine =
      {
        config,
        lib,
        extendModules,
        ...
      }:
      let
        # The second generation is this machine with another mark and a service of its own.
        second = extendModules {
          modules = [
            {
              mark = lib.mkForce "second";
              systemd.services.only-second = {
                wantedBy = [ "multi-user.target" ];
                serviceConfig.ExecStart = "/usr/bin/sleep infinity";
              };
            }
          ];
        };
      in
      {
        imports = [ ../machines/minimal.nix ];
        options.mark = lib.mkOption { type = lib.types.str; };
        config = {
          mark = "first";
          environment.etc.mark.text = config.mark;
          boot.kernelParams = [ "mark=${config.mark}" ];
          boot.loader.timeout = 20;
          virtualisation.additionalPaths = [ second.config.system.build.toplevel ];
        };
      };

    testScript =
      { nodes, ... }:
      let
        second = lib.head nodes.machine.virtualisation.additionalPaths;
      in
      ''
        import time

        first = "${nodes.machine.system.build.toplevel}"
        second = "${second}"
        uses_grub = ${if nodes.machine.boot.loader.grub.enable then "True" else "False"}
        down, enter = "\x1b[B", "\r"

        def at(link):
            return machine.succeed(f"readlink -f {link}").strip()

        def current():
            rows = machine.succeed("neve rebuild list-generations").splitlines()[1:]
            return [row.split()[0] for row in rows if row.endswith("True")]

        def boot_mark():
            return machine.succeed("grep -o 'mark=[a-z]*' /proc/cmdline").strip().removeprefix("mark=")

        def wait_for_menu():
            machine.wait_for_console_text("All generations" if uses_grub else "Generation 1")

        def press(*keys):
            for key in keys:
                time.sleep(0.5)
                machine.send_console(key)

        machine.start(allow_reboot=True)
        wait_for_menu()
        press(enter)
        machine.wait_for_unit("multi-user.target")
        assert at("/run/booted-system") == first

        with subtest("to generation 2, live"):
            machine.succeed(f"neve rebuild switch --store-path {second}")
            assert at("/run/current-system") == second
            assert machine.succeed("cat /etc/mark") == "second"
            machine.wait_for_unit("only-second.service")
            assert current() == ["2"], current()

        with subtest("back to generation 1, live"):
            machine.succeed("neve rebuild rollback")
            assert at("/run/current-system") == first
            assert machine.succeed("cat /etc/mark") == "first"
            machine.fail("systemctl is-active only-second.service")
            assert current() == ["1"], current()
            assert boot_mark() == "first"

        with subtest("the other system is the boot default, as generation 3"):
            machine.succeed(f"neve rebuild boot --store-path {second}")
            assert at("/nix/var/nix/profiles/system") == second
            assert at("/run/current-system") == first
            assert current() == ["3"], current()

        with subtest("the boot menu leads to generation 1 again"):
            machine.reboot()
            machine.wait_for_console_text("Restarting system")
            wait_for_menu()
            if uses_grub:  # all generations are in the menu behind the second entry
                press(down, enter)
                machine.wait_for_console_text("Generation 1")
            press(down, down, enter)  # 3, 2, 1
            machine.wait_for_unit("multi-user.target")
            assert at("/run/booted-system") == first
            assert at("/run/current-system") == first
            assert boot_mark() == "first"
            assert machine.succeed("cat /etc/mark") == "first"
            machine.fail("systemctl list-units --failed --plain --no-legend | grep .")
            # A choice in the menu holds for one start: the default stays.
            assert current() == ["3"], current()
      '';
  };
in
{
  rollback = test "rollback" "q35-uefi";
  rollback-grub = test "rollback-grub" "pc-bios";
}
