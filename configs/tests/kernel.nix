# The kernel that runs is the configured one, and so are its parameters, sysctls and modules.
{ lib, ... }:
let
  releaseOf = node: lib.removePrefix "linux-image-" node.boot.kernelPackages.kernel.debianName;
in
{
  name = "kernel";

  nodes.machine =
    { pkgs, ... }:
    {
      boot.kernelParams = [ "neve.proof=parameters" ];
      boot.kernel.sysctl = {
        "vm.swappiness" = lib.mkDefault 17;
        "net.ipv4.ip_forward" = true;
      };
      boot.kernelModules = lib.mkDefault [ "dummy" ];
      boot.extraModprobeConfig = "options dummy numdummies=3";
      specialisation.other.configuration = {
        boot.kernelModules = [ "tcp_bbr" ];
        boot.kernel.sysctl = {
          "vm.swappiness" = 23;
          "net.ipv4.tcp_congestion_control" = "bbr";
        };
      };
      specialisation.kernel.configuration.boot.kernelPackages = pkgs.linuxPackages_cloud;
    };

  nodes.cloud =
    { pkgs, ... }:
    {
      boot.kernelPackages = pkgs.linuxPackages_cloud;
      # This kernel has no 9p, with which the harness shares a folder.
      systemd.units."tmp-shared.mount".enable = lib.mkForce false;
    };

  testScript =
    { nodes }:
    ''
      def loaded(node):
          return {line.split()[0] for line in node.succeed("cat /proc/modules").splitlines()}

      def sysctl(name):
          return machine.succeed(f"sysctl -n {name}").strip()

      start_all()
      machine.wait_for_unit("multi-user.target")
      cloud.wait_for_unit("multi-user.target")

      with subtest("the kernel is the configured one"):
          assert machine.succeed("uname -r").strip() == "${releaseOf nodes.machine}"
          assert cloud.succeed("uname -r").strip() == "${releaseOf nodes.cloud}"
          assert "-cloud-" in "${releaseOf nodes.cloud}"
          assert "-cloud-" not in "${releaseOf nodes.machine}"
          for node, release in ((machine, "${releaseOf nodes.machine}"), (cloud, "${releaseOf nodes.cloud}")):
              kernel = node.succeed("readlink -f /run/booted-system/kernel").strip()
              assert kernel.endswith(f"/vmlinuz-{release}"), kernel

      with subtest("parameters are in force"):
          words = machine.succeed("cat /proc/cmdline").split()
          assert "neve.proof=parameters" in words, words
          expected = machine.succeed("cat /run/booted-system/kernel-params").split()
          assert set(expected) <= set(words), (expected, words)
          assert "neve.proof=parameters" not in cloud.succeed("cat /proc/cmdline")

      with subtest("sysctls are in force"):
          assert sysctl("vm.swappiness") == "17"
          assert sysctl("net.ipv4.ip_forward") == "1"
          assert cloud.succeed("sysctl -n net.ipv4.ip_forward").strip() == "0"

      with subtest("modules are loaded at boot, with their options"):
          assert "dummy" in loaded(machine)
          assert "dummy" not in loaded(cloud)
          assert "tcp_bbr" not in loaded(machine)
          machine.succeed("ip link show dummy0", "ip link show dummy2")
          machine.fail("ip link show dummy3")

      with subtest("a generation with other modules loads them, and sets its sysctls"):
          machine.succeed("/run/booted-system/specialisation/other/bin/switch-to-configuration test")
          assert "tcp_bbr" in loaded(machine)
          assert sysctl("vm.swappiness") == "23"
          assert sysctl("net.ipv4.tcp_congestion_control") == "bbr"
          assert sysctl("net.ipv4.ip_forward") == "1"

      with subtest("modules stay those of the running kernel after a switch to another kernel"):
          machine.succeed("/run/booted-system/specialisation/kernel/bin/switch-to-configuration test")
          kernel = machine.succeed("readlink -f /run/current-system/kernel").strip()
          assert kernel.endswith("/vmlinuz-${releaseOf nodes.cloud}"), kernel
          assert machine.succeed("uname -r").strip() == "${releaseOf nodes.machine}"
          machine.succeed("modprobe ifb")
          assert "ifb" in loaded(machine)
          assert sysctl("vm.swappiness") == "17"

      with subtest("no unit has failed"):
          for node in (machine, cloud):
              failed = node.succeed("systemctl list-units --failed --plain --no-legend").strip()
              assert failed == "", failed
    '';
}
