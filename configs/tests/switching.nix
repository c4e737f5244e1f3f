# A running machine goes to other generations and back: users, /etc, units, generations.
{ lib, ... }:
let
  idle = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig.ExecStart = "/usr/bin/sleep infinity";
  };
in
{
  name = "switching";

  nodes.machine =
    { config, ... }:
    {
      config = lib.mkMerge [
        {
          users.users.alice.isNormalUser = true;
          environment.etc = {
            "kept.conf".text = "kept";
            "changed.conf".text = lib.mkDefault "before";
          };
          systemd.services = {
            unchanged = idle;
            changed = idle // {
              environment.STEP = lib.mkDefault "before";
            };
            reloaded = idle // {
              environment.STEP = lib.mkDefault "before";
              reloadIfChanged = true;
              reload = "echo reloaded >> /run/reloaded";
            };
            stubborn = idle // {
              environment.STEP = lib.mkDefault "before";
              restartIfChanged = false;
            };
          };
        }

        # What only the machine itself has, and none of its variants.
        (lib.mkIf (config.specialisation != { }) {
          users.users.bob = {
            isNormalUser = true;
            extraGroups = [ "crew" ];
          };
          users.groups.crew = { };
          environment.etc."removed.conf".text = "removed";
          environment.etc."removed.d/copy.conf" = {
            text = "secret";
            mode = "0600";
          };
          systemd.services.removed = idle;
        })

        {
          specialisation.next.configuration = {
            users.users.carol.isNormalUser = true;
            environment.etc = {
              "changed.conf".text = "after";
              "added.conf".text = "added";
              "added.d/copy.conf" = {
                text = "copied";
                mode = "0640";
                group = "adm";
              };
            };
            systemd.services = {
              changed.environment.STEP = "after";
              reloaded.environment.STEP = "after";
              stubborn.environment.STEP = "after";
              added = idle;
              tick = {
                serviceConfig.Type = "oneshot";
                script = "echo tick >> /run/ticks";
              };
              greeter.script = "echo greeted > /run/greeted; exec sleep infinity";
            };
            systemd.timers.tick = {
              wantedBy = [ "timers.target" ];
              timerConfig.OnActiveSec = "1s";
              timerConfig.AccuracySec = "100ms";
            };
            systemd.sockets.greeter = {
              wantedBy = [ "sockets.target" ];
              listenStreams = [ "/run/greeter.socket" ];
            };
          };

          specialisation.slow.configuration.system.activationScripts.slow = ''
            touch /run/under-way
            for _ in $(seq 600); do
                [ -e /run/go-on ] && exit
                sleep 0.1
            done
            exit 1
          '';
        }
      ];
    };

  testScript = ''
    import json

    NEXT = "/run/booted-system/specialisation/next"
    KEPT = ("unchanged", "reloaded", "stubborn")

    def pid(unit):
        return machine.get_unit_property(f"{unit}.service", "MainPID")

    def pids():
        return {unit: pid(unit) for unit in (*KEPT, "changed")}

    def active(*units):
        words = machine.execute(f"systemctl is-active {' '.join(units)}")[1].split()
        return {unit for unit, word in zip(units, words, strict=True) if word == "active"}

    def target(path):
        return machine.succeed(f"readlink -f {path}").strip()

    def generations():
        rows = json.loads(machine.succeed("neve rebuild list-generations --json"))
        return {row["generation"]: row["current"] for row in rows}

    def step(unit):
        return machine.succeed(f"tr '\\0' '\\n' < /proc/{pid(unit)}/environ | grep ^STEP=").strip()

    machine.wait_for_unit("multi-user.target")
    first = target("/run/current-system")
    bob = machine.succeed("id -u bob; id -g bob; getent group crew").split()
    home = machine.succeed("stat -c %U /home/bob").strip()
    assert home == "bob", home
    machine.succeed("echo mine > /etc/own.conf", "echo mine > /home/bob/file", "chown bob: /home/bob/file")
    before = pids()

    with subtest("dry-activate tells what would be done and does nothing"):
        said = machine.succeed(f"neve rebuild dry-activate --store-path {NEXT} 2>&1")
        lines = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
        assert lines["would stop"] == "changed.service, removed.service", said
        assert lines["would NOT restart the following changed units"] == "stubborn.service", said
        assert lines["would reload"] == "reloaded.service", said
        assert "changed.service" in lines["would start"].split(", "), said
        new = set(lines["would start the following new units"].split(", "))
        assert {"added.service", "tick.timer", "greeter.socket"} <= new, said
        assert target("/run/current-system") == first
        assert pids() == before
        assert active("removed", "added") == {"removed"}
        machine.succeed("grep before /etc/changed.conf", "test -e /etc/removed.conf", "id bob")
        machine.fail("test -e /etc/added.conf")
        machine.fail("id carol")
        assert generations() == {1: True}

    with subtest("test goes to a specialisation"):
        said = machine.succeed(
            "neve rebuild test --store-path /run/booted-system --specialisation next 2>&1"
        )
        assert "not restarting: stubborn.service" in said, said
        assert target("/run/current-system") == target(NEXT) != first
        assert generations() == {1: True}

    with subtest("users are added and removed"):
        machine.succeed("id carol", "id alice", "test -d /home/carol")
        machine.fail("id bob")
        machine.fail("getent group crew")
        carol = machine.succeed("id -u carol").strip()
        assert carol != bob[0]

    with subtest("files in /etc are added, changed, removed; the machine's own stay"):
        machine.succeed("grep after /etc/changed.conf", "grep added /etc/added.conf")
        machine.succeed("grep kept /etc/kept.conf", "grep mine /etc/own.conf")
        mode = machine.succeed("stat -c '%F %a %U %G' /etc/added.d/copy.conf").strip()
        assert mode == "regular file 640 root adm", mode
        machine.fail("test -L /etc/removed.conf")
        machine.fail("test -e /etc/removed.d")

    with subtest("units are added, changed, removed, reloaded or left alone"):
        after = pids()
        assert {unit for unit in after if after[unit] != before[unit]} == {"changed"}, (before, after)
        assert step("changed") == "STEP=after"
        assert step("stubborn") == "STEP=before"
        assert machine.succeed("cat /run/reloaded").split() == ["reloaded"]
        assert active("removed", "added") == {"added"}
        assert machine.get_unit_property("removed.service", "LoadState") == "not-found"

    with subtest("a new timer and a new socket start"):
        machine.wait_for_file("/run/ticks")
        machine.require_unit_state("greeter.socket")
        machine.require_unit_state("greeter.service", "inactive")
        machine.succeed(
            "python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"/run/greeter.socket\")'"
        )
        machine.wait_for_file("/run/greeted")

    with subtest("back: what returns has its old number"):
        machine.succeed(f"{first}/bin/switch-to-configuration switch")
        assert target("/run/current-system") == first
        assert machine.succeed("id -u bob; id -g bob; getent group crew").split() == bob
        machine.fail("id carol")
        machine.succeed("test $(stat -c %U /home/bob/file) = bob")
        machine.succeed(f"test $(stat -c %u /home/carol) = {carol}")
        machine.fail("test -e /etc/added.conf")
        machine.fail("test -e /etc/added.d")
        machine.succeed("grep mine /etc/own.conf", "grep removed /etc/removed.conf")
        machine.succeed("test $(stat -c %a /etc/removed.d/copy.conf) = 600")
        running = active("removed", "added", "tick.timer", "greeter.socket", "greeter.service")
        assert running == {"removed"}, running
        assert step("changed") == "STEP=before"
        assert pids()["unchanged"] == before["unchanged"]
        assert generations() == {1: True}

    with subtest("boot changes only the default"):
        before = pids()
        machine.succeed(f"neve rebuild boot --store-path {NEXT}")
        assert target("/nix/var/nix/profiles/system") == target(NEXT)
        assert target("/run/current-system") == first
        assert pids() == before
        machine.fail("test -e /etc/added.conf")
        assert generations() == {1: False, 2: True}

    with subtest("switch changes the machine and the default"):
        machine.succeed(f"neve rebuild switch --store-path {NEXT}")
        assert target("/run/current-system") == target("/nix/var/nix/profiles/system") == target(NEXT)
        assert generations() == {1: False, 2: True}
        assert machine.succeed("id -u carol").strip() == carol
        assert pids()["unchanged"] == before["unchanged"]
        table = machine.succeed("neve rebuild list-generations").splitlines()
        assert len(table) == 3 and table[1].startswith("2 ") and table[1].endswith("True"), table

    with subtest("a second switch at the same time is refused at once"):
        slow = "/run/booted-system/specialisation/slow"
        machine.succeed(f"systemd-run --unit=first-switch --remain-after-exit -- {slow}/bin/switch-to-configuration test")
        machine.wait_for_file("/run/under-way")
        code, said = machine.execute(f"{first}/bin/switch-to-configuration switch 2>&1")
        assert code == 1 and "another switch is under way" in said, (code, said)
        code, said = machine.execute(f"neve rebuild test --store-path {first} 2>&1")
        assert code == 1 and "another switch is under way" in said, (code, said)
        machine.succeed("touch /run/go-on")
        machine.wait_until_succeeds(
            "test $(systemctl show -P SubState first-switch.service) != running"
        )
        result = machine.get_unit_property("first-switch.service", "ExecMainStatus")
        assert result == "0", machine.succeed("journalctl -u first-switch.service")
        assert target("/run/current-system") == target(slow)

    with subtest("no unit has failed"):
        failed = machine.succeed("systemctl list-units --failed --plain --no-legend").strip()
        assert failed == "", failed
  '';
}
