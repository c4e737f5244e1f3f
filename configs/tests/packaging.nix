# Software of our own and a changed Debian package on a machine: a C service built from source runs
# by its own module, and a tool rebuilt from Debian's source package stands where Debian's stood.
{ ... }:
{
  name = "packaging";

  nodes.machine =
    { pkgs, ... }:
    {
      imports = [ ../packages/hits/module.nix ];
      virtualisation.vlans = [ ];
      nixpkgs.overlays = [
        (import ../packages/overlay.nix)
        (final: prev: {
          hits = prev.hits.override { greeting = "snow"; };
          hostname = prev.hostname.overrideAttrs {
            postPatch = "sed -i 's/Usage: hostname/Usage, in Neve: hostname/' hostname.c";
          };
        })
      ];
      services.hits.enable = true;
      environment.systemPackages = [
        (pkgs.writeShellApplication {
          name = "visit";
          runtimeInputs = [ pkgs.netcat-openbsd ];
          text = "nc.openbsd -N localhost \"$1\" < /dev/null";
        })
      ];
    };

  testScript = ''
    machine.start()
    machine.wait_for_unit("hits.service")

    with subtest("the service answers, and counts"):
        assert machine.succeed("visit 7070") == "snow 1\n"
        assert machine.succeed("visit 7070") == "snow 2\n"
        assert "2 visits so far" in machine.succeed("systemctl status hits.service")

    with subtest("its state is kept over a restart"):
        machine.succeed("systemctl restart hits.service")
        assert machine.succeed("visit 7070") == "snow 3\n"

    with subtest("it has few rights"):
        user = machine.succeed("ps -o user= -p $(systemctl show -P MainPID hits.service)").strip()
        assert user == "hits", user
        score = machine.succeed("systemd-analyze security --no-pager hits.service | tail -n 1")
        exposure = float(score.split("hits.service:")[1].split()[0])
        assert exposure < 2.5, score

    with subtest("its libraries came with it"):
        machine.succeed("ldd $(readlink -f /usr/bin/hits) | grep -q 'libsystemd.so.0 => /'")
        machine.fail("ldd $(readlink -f /usr/bin/hits) | grep 'not found'")

    with subtest("a Debian package is the rebuilt one"):
        assert "Usage, in Neve: hostname" in machine.succeed("hostname --help 2>&1 || true")
        assert machine.succeed("hostname").strip() == "machine"

    with subtest("no unit has failed"):
        failed = machine.succeed("systemctl list-units --failed --plain --no-legend").strip()
        assert failed == "", failed
  '';
}
