# A switch that fails leaves the machine on the generation that runs, and that one the default.
{ lib, hardware, ... }:
let
  idle = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig.ExecStart = "/usr/bin/sleep infinity";
  };
in
{
  name = "failed-switch";

  nodes.machine =
    { config, ... }:
    {
      imports = [ hardware.q35-uefi ];
      config = lib.mkMerge [
        {
          virtualisation.useBootLoader = true;
          environment.etc."changed.conf".text = lib.mkDefault "before";
          systemd.services.unchanged = idle;
          systemd.services.changed = idle // {
            environment.STEP = lib.mkDefault "before";
          };
        }
        (lib.mkIf (config.specialisation != { }) {
          users.users.bob.isNormalUser = true;
          environment.etc."removed.conf".text = "removed";
          systemd.services.removed = idle;
        })
        {
          specialisation = {
            broken.configuration = {
              users.users.carol.isNormalUser = true;
              environment.etc."changed.conf".text = "after";
              environment.etc."added.conf".text = "added";
              systemd.services.changed.environment.STEP = "after";
              systemd.services.added = idle;
              # Late: all that a generation changes has been changed by then.
              system.activationScripts.broken = {
                deps = [
                  "etc"
                  "hostname"
                  "users"
                  "wrappers"
                ];
                text = ''
                  echo "the disk of this step is on fire"
                  test -e /etc/added.conf && touch /run/got-here
                  exit 1
                '';
              };
            };
            refused.configuration = {
              environment.etc."changed.conf".text = "after";
              system.switchChecks.never = "echo 'not on this machine'; exit 1";
            };
            failing.configuration = {
              environment.etc."changed.conf".text = "after";
              systemd.services.fails = {
                wantedBy = [ "multi-user.target" ];
                serviceConfig.Type = "oneshot";
                script = "echo I cannot; exit 1";
              };
            };
          };
        }
      ];
    };

  testScript = ''
    import json

    VARIANTS = "/run/booted-system/specialisation"
    UNITS = "unchanged changed removed"

    def target(path):
        return machine.succeed(f"readlink -f {path}").strip()

    def facts():
        """All that a failed switch must leave as it was."""
        return machine.succeed(
            "readlink -f /run/current-system /nix/var/nix/profiles/system /etc/static",
            "ls -l /nix/var/nix/profiles",
            "cat /etc/passwd /etc/group /etc/shadow /etc/changed.conf /etc/removed.conf",
            "ls -R /etc",
            "find /boot -type f -not -name 'random-seed' -exec sha256sum {} + | sort",
            "bootctl --no-pager list 2>/dev/null || true",
            f"systemctl is-active {UNITS}",
            "systemctl list-units --failed --plain --no-legend",
        )

    def process(unit):
        return machine.get_unit_property(f"{unit}.service", "MainPID")

    machine.wait_for_unit("multi-user.target")
    machine.succeed("echo mine > /etc/own.conf")
    before = facts()
    unchanged = process("unchanged")

    for action in ("test", "switch"):
        with subtest(f"a failing activation step: {action} goes back"):
            changed = process("changed")
            code, said = machine.execute(f"neve rebuild {action} --store-path {VARIANTS}/broken 2>&1")
            assert code == 2, (code, said)
            assert "activation step 'broken' failed" in said, said
            assert "the disk of this step is on fire" in said, said
            machine.succeed("rm /run/got-here")
            assert facts() == before, facts()
            assert process("unchanged") == unchanged
            assert process("changed") != changed
            environment = machine.succeed(f"tr '\\0' '\\n' < /proc/{process('changed')}/environ")
            assert "STEP=before" in environment, environment
            machine.succeed("id bob")
            machine.fail("id carol")
            machine.fail("systemctl is-active added.service")

    with subtest("the generation's own program fails in the same way"):
        code, said = machine.execute(f"{VARIANTS}/broken/bin/switch-to-configuration switch 2>&1")
        assert code == 2 and "going back" in said, (code, said)
        assert facts() == before, facts()
        rows = json.loads(machine.succeed("neve rebuild list-generations --json"))
        assert [row["generation"] for row in rows if row["current"]] == [1] and len(rows) == 1, rows

    with subtest("a failing check: nothing is changed"):
        changed = process("changed")
        for action in ("switch", "boot", "test"):
            code, said = machine.execute(f"neve rebuild {action} --store-path {VARIANTS}/refused 2>&1")
            assert code == 1 and "not on this machine" in said, (code, said)
        assert facts() == before, facts()
        assert process("changed") == changed

    with subtest("a failing unit is told, the generation stays"):
        code, said = machine.execute(f"neve rebuild switch --store-path {VARIANTS}/failing 2>&1")
        assert code == 4, (code, said)
        assert "fails.service" in said and "I cannot" in said, said
        assert target("/run/current-system") == target(f"{VARIANTS}/failing")
        assert target("/nix/var/nix/profiles/system") == target(f"{VARIANTS}/failing")
        machine.succeed("grep after /etc/changed.conf")

    with subtest("and back again nothing fails any more"):
        machine.succeed("neve rebuild rollback")
        assert "fails.service" not in machine.succeed("systemctl list-units --all --failed")
        machine.succeed("grep before /etc/changed.conf")
  '';
}
