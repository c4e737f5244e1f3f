# Web and SSH servers answer from another machine, timers fire, crashed services come back, and a
# generation that was made elsewhere arrives over SSH.
{ lib, ... }:
{
  name = "services";

  nodes.server =
    { pkgs, extendModules, ... }:
    {
      options.test.next = lib.mkOption {
        type = lib.types.package;
        default =
          (extendModules {
            modules = [
              {
                services.nginx.virtualHosts.server.root = lib.mkForce (
                  pkgs.writeTextDir "index.html" "hello from the next generation\n"
                );
              }
            ];
          }).config.system.build.toplevel;
        description = "A generation that the server does not have.";
      };
      config = {
        virtualisation.vlans = [
          1
          2
        ];
        # On the second network it tells the others who knows names.
        environment.etc."systemd/network/40-eth2.network.d/dhcp.conf".text = ''
          [Network]
          DHCPServer=yes
          [DHCPServer]
          DNS=192.168.2.53
        '';
        networking.firewall.allowedUDPPorts = [ 67 ];
        services.nginx = {
          enable = true;
          virtualHosts.server = {
            default = true;
            root = pkgs.writeTextDir "index.html" "hello from the server\n";
          };
        };
        services.openssh.enable = true;
        networking.firewall.allowedTCPPorts = [ 80 ];
        systemd.services.ticker = {
          serviceConfig.Type = "oneshot";
          script = "echo tick >> /run/ticks";
        };
        systemd.timers.ticker = {
          wantedBy = [ "timers.target" ];
          timerConfig = {
            OnActiveSec = "1s";
            OnUnitActiveSec = "3s";
            AccuracySec = "100ms";
          };
        };
        systemd.services.crasher = {
          wantedBy = [ "multi-user.target" ];
          serviceConfig = {
            ExecStart = "/usr/bin/sleep infinity";
            Restart = "on-failure";
            RestartSec = "100ms";
          };
        };
      };
    };

  nodes.client =
    { nodes, pkgs, ... }:
    {
      virtualisation.additionalPaths = [ nodes.server.test.next ];
      virtualisation.vlans = [
        1
        2
      ];
      networking.interfaces.eth2.useDHCP = true;
      environment.systemPackages = [
        pkgs.curl
        pkgs.openssh-client
      ];
    };

  testScript =
    { nodes }:
    ''
      start_all()
      server.wait_for_unit("multi-user.target")
      client.wait_for_unit("multi-user.target")

      with subtest("nginx answers from another machine"):
          server.wait_for_unit("nginx.service")
          server.wait_for_open_port(80)
          page = client.wait_until_succeeds("curl --fail --silent http://server/")
          assert "hello from the server" in page, page

      with subtest("DHCP gives an address and a name server"):
          server.wait_for_unit("systemd-networkd.service")
          client.wait_until_succeeds("resolvectl dns eth2 | grep -w 192.168.2.53")
          assert client.succeed("ip -4 -brief address show eth2").count("192.168.2.") == 2
          client.succeed("grep -w 'nameserver 127.0.0.53' /etc/resolv.conf")

      with subtest("ssh answers from another machine"):
          server.wait_for_unit("ssh.service")
          client.succeed("mkdir -p /root/.ssh && ssh-keygen -q -t ed25519 -N ''' -f /root/.ssh/id_ed25519")
          key = client.succeed("cat /root/.ssh/id_ed25519.pub").strip()
          server.succeed(f"mkdir -p /root/.ssh && echo '{key}' > /root/.ssh/authorized_keys")
          name = client.succeed("ssh -o StrictHostKeyChecking=accept-new root@server hostname").strip()
          assert name == "server", name

      with subtest("a port that is not open is closed by the firewall"):
          server.succeed("systemd-run --unit=hidden python3 -m http.server 8099")
          server.wait_for_open_port(8099)
          client.fail("curl --fail --silent --max-time 3 http://server:8099/")

      with subtest("a timer fires"):
          server.wait_until_succeeds("test $(wc -l < /run/ticks) -ge 2")

      with subtest("a crashed service restarts"):
          before = server.get_unit_property("crasher.service", "MainPID")
          server.succeed("systemctl kill --signal=SEGV crasher.service")
          server.wait_until_succeeds("test $(systemctl show -P NRestarts crasher.service) -ge 1")
          server.wait_for_unit("crasher.service")
          assert server.get_unit_property("crasher.service", "MainPID") != before

      with subtest("a generation is copied to another machine, which switches to it"):
          client.fail("curl --fail --silent http://server/ | grep next")
          server.fail("test -e ${nodes.server.test.next}")
          client.succeed("neve store copy --to ssh://root@server ${nodes.server.test.next}")
          server.succeed("neve store path-info ${nodes.server.test.next}")
          client.succeed("ssh root@server ${nodes.server.test.next}/bin/switch-to-configuration switch")
          client.wait_until_succeeds("curl --fail --silent http://server/ | grep next")
          assert "${nodes.server.test.next}" == server.succeed("readlink -f /nix/var/nix/profiles/system").strip()
          client.succeed("ssh root@server neve rebuild rollback")
          client.wait_until_succeeds("curl --fail --silent http://server/ | grep 'from the server'")

      with subtest("no unit has failed"):
          failed = server.succeed("systemctl list-units --failed --plain --no-legend").strip()
          assert failed == "", failed
          state = server.succeed("systemctl is-system-running --wait").strip()
          assert state == "running", state
    '';
}
