# Machines share what they have built: over HTTP with signatures, and over ssh with the real Nix.
{ lib, ... }:
{
  name = "caches";

  nodes.server =
    { pkgs, ... }:
    let
      inner = pkgs.writeTextDir "greeting" "from the server\n";
    in
    {
      options.test.shared = lib.mkOption { type = lib.types.package; };
      config = {
        test.shared = pkgs.linkFarm "shared" { inherit inner; };
        virtualisation.additionalPaths = [ (pkgs.linkFarm "shared" { inherit inner; }) ];
        services.nix-serve = {
          enable = true;
          openFirewall = true;
          secretKeyFile = "/var/keys/cache.key";
          extraParams = "--compression zstd";
        };
        services.openssh.enable = true;
        # The key is made on the machine: it waits for it.
        systemd.services.nix-serve.unitConfig.ConditionPathExists = "/var/keys/cache.key";
      };
    };

  nodes.client =
    { pkgs, ... }:
    {
      options.test.mine = lib.mkOption { type = lib.types.package; };
      config = {
        test.mine = pkgs.writeTextDir "greeting" "from the client\n";
        virtualisation.additionalPaths = [ (pkgs.writeTextDir "greeting" "from the client\n") ];
        nix.settings.substituters = [ "http://server:5000" ];
        environment.systemPackages = [
          pkgs.nix-bin
          pkgs.openssh-client
        ];
        environment.etc."nix/nix.conf".text = ''
          build-users-group =
          experimental-features = nix-command
          substituters =
        '';
      };
    };

  testScript =
    { nodes }:
    ''
      shared, mine = "${nodes.server.test.shared}", "${nodes.client.test.mine}"
      start_all()
      server.wait_for_unit("multi-user.target")
      client.wait_for_unit("multi-user.target")

      with subtest("a key is made, and the store is served with its signatures"):
          server.succeed("mkdir -m 700 /var/keys")
          public = server.succeed("neve store generate-key server-1 /var/keys/cache.key").strip()
          server.succeed("systemctl start nix-serve.service")
          server.wait_for_open_port(5000, addr="192.168.1.2")

      with subtest("what is signed by nobody who is trusted is not taken"):
          told = client.fail(f"neve store copy --from http://server:5000 {shared} 2>&1", timeout=300)
          assert "has no signature of a trusted key" in told, told
          client.fail(f"test -e {shared}")

      with subtest("a closure comes from the server"):
          told = client.succeed(
              f"neve store copy --from http://server:5000 {shared} --option trusted-public-keys {public} 2>&1",
              timeout=300,
          )
          assert "copied 2 store paths" in told, told
          assert client.succeed(f"cat {shared}/inner/greeting") == "from the server\n"

      with subtest("the real Nix reads the machine's store"):
          told = client.succeed("nix-store --query --references " + shared)
          assert "-greeting" in told, told
          client.succeed(f"nix-store --verify-path {shared} /run/current-system", timeout=300)

      with subtest("and copies to a Neve machine over ssh, and back"):
          client.succeed("mkdir -p /root/.ssh && ssh-keygen -q -t ed25519 -N ''' -f /root/.ssh/id_ed25519")
          key = client.succeed("cat /root/.ssh/id_ed25519.pub").strip()
          server.succeed(f"mkdir -p /root/.ssh && echo '{key}' > /root/.ssh/authorized_keys")
          client.succeed("ssh -o StrictHostKeyChecking=accept-new root@server true")
          server.fail(f"test -e {mine}")
          client.succeed(f"nix copy --to ssh://root@server {mine}", timeout=300)
          assert server.succeed(f"cat {mine}/greeting") == "from the client\n"
          server.succeed(f"neve store path-info {mine}")
          client.succeed(f"nix copy --from ssh://root@server --store /tmp/root --no-check-sigs {shared}", timeout=300)
          assert client.succeed(f"cat /tmp/root{shared}/inner/greeting || readlink /tmp/root{shared}/inner").strip()
    '';
}
