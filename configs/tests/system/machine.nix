# The machine on which nearly every option is set.
{
  lib,
  package,
}:
{ config, pkgs, ... }:
{
  options.test.dead = package "Something in the store that nothing needs.";
  options.test.alive = package "Something in the store that only a process needs.";

  imports = [
    ./units.nix
    ./users.nix
  ];

  config = {
    test.dead = pkgs.writeText "dead" "nobody needs this\n";
    test.alive = pkgs.writeShellScriptBin "alive" "while :; do sleep 1; done\n";

    virtualisation.vlans = [
      1
      2
    ];
    virtualisation.emptyDiskImages = [ 128 ];
    virtualisation.additionalPaths = [
      config.test.dead
      config.test.alive
    ];

    fileSystems = {
      "/scratch" = {
        fsType = "tmpfs";
        options = [
          "size=16m"
          "mode=1777"
        ];
      };
      "/data" = {
        device = "/dev/vdb";
        fsType = "ext4";
        autoFormat = true;
        options = [ "noatime" ];
      };
      "/srv/shared" = {
        device = "/data/shared";
        fsType = "none";
        options = [ "bind" ];
        depends = [ "/data" ];
      };
      "/merged".overlay = {
        lowerdir = [ "${pkgs.writeTextDir "low" "from below\n"}" ];
        upperdir = "/data/upper";
        workdir = "/data/work";
      };
      "/absent" = {
        label = "absent";
        fsType = "ext4";
        options = [
          "nofail"
          "x-systemd.device-timeout=1s"
        ];
      };
    };
    swapDevices = [
      {
        device = "/data/swap";
        size = 32;
        priority = 7;
      }
    ];

    networking = {
      domain = "example.test";
      hosts."10.1.2.3" = [
        "files.example.test"
        "files"
      ];
      extraHosts = "10.1.2.4 extra\n";
      nameservers = [ "127.0.0.1" ];
      search = [ "example.test" ];
      interfaces.eth1.ipv4.addresses = [
        {
          address = "10.77.0.1";
          prefixLength = 24;
        }
      ];
      interfaces.eth2.mtu = 1400;
      firewall = {
        allowPing = false;
        allowedTCPPorts = [ 8080 ];
        interfaces.eth1.allowedTCPPorts = [ 8081 ];
        interfaces.eth1.allowedUDPPorts = [ 53 ];
      };
    };

    time.timeZone = "Europe/Zurich";
    i18n.extraLocaleSettings.LC_TIME = "POSIX";

    services.getty.autologinUser = "alice";
    services.timesyncd = {
      enable = true;
      servers = [ "127.0.0.1" ];
    };
    services.journald = {
      storage = "persistent";
      rateLimitInterval = "1h";
      rateLimitBurst = 50;
      # The harness takes the limits away.
      extraConfig = lib.mkForce "SystemMaxUse=20M\n";
    };

    boot.consoleLogLevel = 3;
    boot.blacklistedKernelModules = [ "dummy" ];
    boot.extraModprobeConfig = "options loop max_part=5";
    boot.kernel.sysctl."vm.swappiness" = 11;

    nix.gc = {
      automatic = true;
      dates = "weekly";
      persistent = false;
    };
    nixpkgs.overlays = [
      (final: _: { greeting = final.writeShellScriptBin "greeting" "echo overlaid\n"; })
    ];
    environment.systemPackages = [ pkgs.greeting ];
    system.stateVersion = "0.1";
  };
}
