# What the system's options promise, on running machines: file systems, swap, network, users, /etc,
# units, services, rights, shells, the kernel, housekeeping. Each subtest is an area.
{ lib, ... }:
let
  # The hash of "secret".
  secret = "$6$neve$x.UHxzDNOiafA0ogLYLtzURlP2iTBAknBj6LFJxTwj8wJaCfNN3UEdL9QrQ0EdssuxXtiXZm7i2nhir4HrETy0";
  package =
    description:
    lib.mkOption {
      type = lib.types.package;
      inherit description;
    };
in
{
  name = "system";

  # Its root does not exist.
  nodes.lost = {
    fileSystems."/".label = "nowhere";
    boot.initrd.rootTimeout = 5;
    virtualisation.vlans = [ ];
  };

  nodes.machine = import ./system/machine.nix { inherit lib package; };

  nodes.peer =
    { pkgs, ... }:
    {
      virtualisation.vlans = [
        1
        2
      ];
      environment.systemPackages = [ pkgs.iputils-ping ];
      networking.defaultGateway = "192.168.1.2";
      networking.nameservers = [ "192.168.1.2" ];
      networking.search = [ "example.test" ];
      services.resolved.enable = true;
      services.resolved.llmnr = "false";
      users.mutableUsers = false;
      users.users.carol = {
        isNormalUser = true;
        hashedPassword = secret;
      };
    };

  testScript =
    { nodes }:
    ''
      DEAD = "${nodes.machine.test.dead}"
      ALIVE = "${nodes.machine.test.alive}"
      ROOT = "/dev/disk/by-label/nowhere"
    ''
    + builtins.readFile ./system/script.py;
}
