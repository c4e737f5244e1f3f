# Machine tests as NixOS writes them: nodes and a script in Python.
#
# { lib, nixosSystem, hardware } -> runTest
{ lib, nixosSystem, hardware }:
let
  instrumentation = ../modules/testing/test-instrumentation.nix;

  # Node names as Python can spell them, and the numbers that addresses are made of.
  numbered =
    nodes:
    let
      names = lib.attrNames nodes;
    in
    builtins.listToAttrs (lib.imap1 (number: name: lib.nameValuePair name number) names);

  addressing =
    numbers: name:
    { config, ... }:
    let
      number = numbers.${name};
      vlans = config.virtualisation.vlans;
    in
    {
      networking.hostName = lib.mkOverride 900 name;
      networking.interfaces = builtins.listToAttrs (
        lib.imap1 (
          index: vlan:
          lib.nameValuePair "eth${toString index}" {
            ipv4.addresses = [
              {
                address = "192.168.${toString vlan}.${toString number}";
                prefixLength = 24;
              }
            ];
            ipv6.addresses = [
              {
                address = "2001:db8:${toString vlan}::${toString number}";
                prefixLength = 64;
              }
            ];
          }
        ) vlans
      );
      networking.hosts = lib.mkMerge (
        lib.mapAttrsToList (
          other: otherNumber:
          lib.optionalAttrs (vlans != [ ]) {
            "192.168.${toString (lib.head vlans)}.${toString otherNumber}" = [ other ];
          }
        ) numbers
      );
    };

  # A direct boot needs no boot loader, no firmware and no partition table.
  formatOf =
    config: if config.virtualisation.useBootLoader then config.virtualisation.imageFormat else "ext4";

  # The image's own variant of a machine is the one that boots: its toplevel is what the disk holds.
  variantOf =
    machine:
    machine.extendModules {
      modules = [
        machine.config.image.modules.${formatOf machine.config}
        ({ config, ... }: { image.additionalPaths = config.virtualisation.additionalPaths; })
      ];
    };

  nodeManifest =
    name: variant:
    let
      inherit (variant) config;
      cfg = config.virtualisation;
      system = config.system.build;
      isIso = cfg.useBootLoader && cfg.imageFormat == "iso";
      medium = if isIso then cfg.bootMedium else "disk";
      image = if isIso then "${system.image}/image.iso" else "${system.image}/disk.raw";
    in
    {
      toplevel = "${system.toplevel}";
      boot = if cfg.useBootLoader then "firmware" else "direct";
      inherit (cfg)
        memorySize
        cores
        diskSize
        emptyDiskImages
        vlans
        restrictNetwork
        forwardPorts
        sharedDirectories
        ;
      hardware = cfg.hardware;
      qemuOptions = cfg.qemu.options;
      image = if medium == "disk" then image else null;
      cdrom = if medium == "cdrom" then image else null;
      usb = if medium == "usb" then image else null;
    }
    // lib.optionalAttrs (!cfg.useBootLoader) {
      kernel = "${system.toplevel}/kernel";
      initrd = "${system.toplevel}/initrd";
      kernelParams = config.boot.kernelParams ++ [ "init=${system.toplevel}/init" ];
    };

  evaluate =
    profile: test:
    let
      numbers = numbered test.nodes;
      extra = lib.optional (profile != null) hardware.${profile};
      machines = lib.mapAttrs (
        name: module:
        variantOf (nixosSystem {
          specialArgs = {
            inherit nodes;
          }
          // (test.node.specialArgs or { });
          modules = [
            instrumentation
            (addressing numbers name)
            (test.defaults or { })
            module
          ]
          ++ extra
          ++ lib.optional (profile != null) { virtualisation.useBootLoader = true; };
        })
      ) test.nodes;
      nodes = lib.mapAttrs (_: machine: machine.config) machines;
      script =
        if lib.isFunction test.testScript then
          test.testScript { inherit nodes; }
        else
          test.testScript;
      inherit ((lib.head (lib.attrValues machines))._module.args) pkgs;
      manifest = {
        inherit (test) name;
        globalTimeout = test.globalTimeout or 3600;
        testScript = script;
        tools = "${pkgs.tools.machines.${pkgs.system}}";
        nodes = lib.mapAttrs nodeManifest machines;
      };
    in
    pkgs.tree "vm-test-${test.name}" { "test.json".text = builtins.toJSON manifest; }
    // {
      inherit nodes machines;
      inherit (test) name;
      meta = test.meta or { };
    };
in
{
  # runTest: { name, nodes, testScript, defaults ?, profile ?, globalTimeout ?, meta ? } -> derivation,
  # with `nodes.<name>`, the machines' configurations, `machines.<name>`, which can be extended,
  # and `profiles.<hardware profile>`: the same test on that hardware, started by its firmware.
  # `profile` is the hardware unless the caller asks for another; null is QEMU's own, started directly.
  runTest =
    test:
    evaluate (test.profile or null) test
    // {
      profiles = lib.mapAttrs (name: _: evaluate name test) hardware;
    };
}
