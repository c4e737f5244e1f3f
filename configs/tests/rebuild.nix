# A machine evaluates, builds and switches to its own configuration, with no network and nothing
# built before but what it runs; then it goes back.
{ lib, ... }:
let
  # What the flake configs/ is made of; its machines' store paths depend on nothing else.
  rooms = [
    "bootloader"
    "builder"
    "configs"
    "switcher"
  ];
  top = ../..;
  isKept =
    path: type:
    let
      relative = lib.removePrefix "${toString top}/" path;
    in
    lib.elem (lib.head (lib.splitString "/" relative)) rooms;
  neve = builtins.path {
    name = "source";
    path = top;
    filter = isKept;
  };
in
{
  name = "rebuild";

  nodes.machine =
    {
      config,
      pkgs,
      debian,
      ...
    }:
    {
      options.test.mirror = lib.mkOption { type = lib.types.package; };
      config = {
        # The lock's state of the suite, without its packages: enough to evaluate.
        test.mirror = pkgs.tree "mirror" (
          {
            "dists/${debian.suite}/InRelease".copy = "${debian}/InRelease";
          }
          // builtins.listToAttrs (
            map (index: lib.nameValuePair index.path { copy = "${index.file}"; }) debian.indices.${pkgs.system}
          )
        );
        virtualisation = {
          additionalPaths = [
            config.test.mirror
            "${debian}"
            "${neve}"
          ];
          memorySize = 2048;
          # Debian's package index is kept beside what is built.
          diskSize = 2048;
          vlans = [ ];
        };
        environment.etc.removed.text = "of the first generation";
      };
    };

  testScript =
    { nodes, ... }:
    ''
      import json
      import time

      NEVE = "env NEVE_DEBIAN_MIRROR=file://${nodes.machine.test.mirror} neve"
      FLAKE = """
      {
        inputs.neve.url = "path:${neve}?dir=configs";
        outputs =
          { neve, ... }:
          let
            machine = neve.checks.${nodes.machine.nixpkgs.hostPlatform}.rebuild.machines.machine;
            with' = module: machine.extendModules { modules = [ module ]; };
          in
          {
            nixosConfigurations = {
              same = machine;
              machine = with' {
                environment.etc.greeting.text = "hello";
                environment.etc.removed.enable = false;
                systemd.services.greeter = {
                  wantedBy = [ "multi-user.target" ];
                  serviceConfig.Type = "oneshot";
                  serviceConfig.RemainAfterExit = true;
                  script = "cat /etc/greeting > /run/greeted";
                };
              };
              misspelt = with' { networking.hostNam = "wrong"; };
            };
          };
      }
      """
      first = "${nodes.machine.system.build.toplevel}"

      def current():
          rows = json.loads(machine.succeed("neve rebuild list-generations --json"))
          return [row["generation"] for row in rows if row["current"]], len(rows)

      def state():
          return machine.succeed(
              "readlink -f /run/current-system /nix/var/nix/profiles/system",
              "ls -R /etc /boot",
              "cat /etc/passwd",
          )

      def rebuild(words):
          """Run a command that evaluates; its exit code, and what it said. Notes its seconds."""
          start = time.monotonic()
          code, said = machine.execute(f"{NEVE} rebuild {words} 2>&1", timeout=900)
          with (machine.out_dir / "seconds").open("a") as file:
              file.write(f"{words}: {time.monotonic() - start:.1f}\n")
          return code, said

      machine.wait_for_unit("multi-user.target")
      machine.succeed(f"mkdir -p /etc/neve && cat > /etc/neve/flake.nix <<'END'\n{FLAKE}END")

      with subtest("the same configuration is the system that runs: nothing is built"):
          code, said = rebuild("build --flake /etc/neve#same")
          assert code == 0, said
          assert "building" not in said, said
          assert machine.succeed("readlink -f result").strip() == first, said
          machine.succeed("test -e /etc/neve/flake.lock")

      with subtest("a misspelt option names the nearest and changes nothing"):
          before = state()
          code, said = rebuild("switch --flake /etc/neve#misspelt")
          assert code == 1, (code, said)
          assert "networking.hostNam" in said and "Did you mean networking.hostName?" in said, said
          assert "flake.nix:" in said, said
          assert state() == before, state()

      with subtest("switch builds what is new and moves there"):
          code, said = rebuild("switch --flake /etc/neve#machine")
          assert code == 0, (code, said)
          assert machine.succeed("cat /etc/greeting /run/greeted") == "hellohello"
          machine.succeed("systemctl is-active greeter.service")
          machine.fail("test -e /etc/removed")
          assert current() == ([2], 2), current()
          second = machine.succeed("readlink -f /run/current-system").strip()
          assert second != first
          assert machine.succeed("readlink -f /nix/var/nix/profiles/system").strip() == second
          machine.succeed("neve store verify --no-contents", timeout=300)

      with subtest("build leaves a link and changes nothing"):
          code, said = rebuild("build --flake /etc/neve#machine")
          assert code == 0 and "building" not in said, (code, said)
          assert machine.succeed("readlink -f result").strip() == second
          assert current() == ([2], 2), current()

      with subtest("rollback brings the old one back"):
          machine.succeed("neve rebuild rollback")
          assert machine.succeed("readlink -f /run/current-system").strip() == first
          assert current() == ([1], 2), current()
          machine.fail("test -e /etc/greeting")
          machine.succeed("grep 'first generation' /etc/removed")
          machine.fail("systemctl is-active greeter.service")
          failed = machine.succeed("systemctl list-units --failed --plain --no-legend").strip()
          assert failed == "", failed
    '';
}
