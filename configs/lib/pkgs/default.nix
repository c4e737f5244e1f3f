# `pkgs`: Debian's packages for one architecture, and the builders over them.
#
# { lib, debian, system, buildSystem, source } -> attribute set
{
  lib,
  debian,
  system,
  buildSystem,
  source,
}:
let
  packagesOf = architecture: debian.legacyPackages.${architecture};

  # What only maintainer scripts need: those never run, modules do their work.
  maintainerOnly = [
    "adduser"
    "base-passwd"
    "debconf"
    "dpkg"
    "init-system-helpers"
    "initramfs-tools"
    "libdebconfclient0"
    "linux-base"
    "perl"
    "perl-base"
    "ucf"
  ];

  # Raised whenever a builtin builder's output would change.
  versions = {
    tree = 2;
    link-tree = 2;
    kernel-modules = 1;
    initrd = 2;
    disk-image = 2;
    iso-image = 3;
    grub-core = 1;
    systemd-units = 2;
    python-bytecode = 1;
  };

  json = builtins.toJSON;

  builtin =
    kind: name: attributes:
    derivation (
      {
        inherit name;
        system = "builtin";
        builder = "builtin:${kind}";
        version = versions.${kind};
      }
      // attributes
    );

  closureIn =
    architecture: packages:
    let
      isDebian = package: package ? debianName;
      names = map (package: package.debianName) (builtins.filter isDebian packages);
    in
    debian.lib.closure {
      system = architecture;
      packages = lib.unique names;
      exclude = maintainerOnly;
    }
    ++ builtins.filter (package: !isDebian package) packages;

  # Where a package's part of /usr lies.
  usrOf = package: if package ? debianName then "${package}/usr" else "${package}";

  linkTree =
    {
      name,
      packages,
      copy ? [ "bin/python3.[0-9]*" ],
      exclude ? [ ],
      links ? { },
      priority ? [ ],
    }:
    builtin "link-tree" name {
      paths = json (map usrOf packages);
      copy = json copy;
      exclude = json exclude;
      links = json links;
      priority = json (map usrOf priority);
    };

  # A tree of tools for the machine that builds; it stands at /usr in the sandbox.
  toolTree =
    name: names:
    linkTree {
      name = "tools-${name}";
      packages = closureIn buildSystem (map (tool: (packagesOf buildSystem).${tool}) names);
    };

  tools = {
    # kmod opens liblzma by itself when it meets compressed modules: no dependency tells.
    kmod = toolTree "kmod" [
      "kmod"
      "liblzma5"
    ];
    # The real Nix, which the tests ask what is right.
    nix = toolTree "nix" [
      "bash"
      "coreutils"
      "nix-bin"
    ];
    zstd = toolTree "zstd" [ "zstd" ];
    python = toolTree "python" [ "python3" ];
    image = toolTree "image" [
      "bash"
      "coreutils"
      "dosfstools"
      "e2fsprogs"
      "erofs-utils"
      "fdisk"
      "grub-common"
      "mtools"
    ];
    # GRUB's modules are those of the machine's architecture, its tools those of the builder's.
    iso = linkTree {
      name = "tools-iso";
      packages =
        closureIn buildSystem (
          map (tool: (packagesOf buildSystem).${tool}) [
            "coreutils"
            "dosfstools"
            "erofs-utils"
            "grub-common"
            "mtools"
          ]
        )
        ++ map (name: here.${name}) {
          x86_64-linux = [
            "grub-efi-amd64-bin"
            "grub-pc-bin"
          ];
          aarch64-linux = [ "grub-efi-arm64-bin" ];
        }.${system};
    };
    shell = toolTree "shell" [
      "bash"
      "coreutils"
      "diffutils"
      "findutils"
      "gawk"
      "grep"
      "gzip"
      "sed"
      "tar"
      "xz-utils"
    ];
    # QEMU with its firmware, by the architecture of the machines.
    machines = {
      x86_64-linux = toolTree "machines-x86" [
        "ipxe-qemu"
        "ovmf"
        "qemu-system-data"
        "qemu-system-x86"
        "qemu-utils"
        "seabios"
      ];
      aarch64-linux = toolTree "machines-arm" [
        "ipxe-qemu"
        "qemu-efi-aarch64"
        "qemu-system-arm"
        "qemu-system-data"
        "qemu-utils"
        "seabios"
      ];
    };
  };

  tree = name: spec: builtin "tree" name { spec = json spec; };

  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
    }:
    tree name { ${lib.removePrefix "/" destination} = { inherit text executable; }; };

  writeShellScript =
    name: text:
    writeTextFile {
      inherit name;
      executable = true;
      text = "#!/bin/bash\n${text}";
    };

  kernelPackages =
    metaPackage:
    let
      named = lib.hasPrefix "linux-image-";
      isMeta = builtins.match "linux-image-[0-9].*" metaPackage.debianName == null;
      images = builtins.filter named metaPackage.dependencies;
      kernel = if isMeta then (packagesOf system).${builtins.head images} else metaPackage;
    in
    {
      inherit kernel;
      modules = builtin "kernel-modules" "linux-modules-${kernel.version}" {
        inherit kernel;
        tools = tools.kmod;
      };
    };

  debianArch =
    {
      x86_64-linux = "amd64";
      aarch64-linux = "arm64";
    }
    .${system} or (throw "Debian has no architecture '${system}' that Neve knows; expect x86_64-linux or aarch64-linux");

  here = packagesOf system;
in
here
// {
  inherit
    lib
    tools
    tree
    linkTree
    toolTree
    builtin
    writeTextFile
    writeShellScript
    system
    debianArch
    ;
  stdenv.hostPlatform = {
    inherit system;
    isx86_64 = system == "x86_64-linux";
    isAarch64 = system == "aarch64-linux";
  };

  # closure: packages -> all packages that these depend on, themselves included
  closure = closureIn system;

  writeText = name: text: writeTextFile { inherit name text; };
  writeTextDir =
    path: text:
    writeTextFile {
      name = baseNameOf path;
      destination = path;
      inherit text;
    };
  writeShellScriptBin =
    name: text:
    writeTextFile {
      inherit name;
      destination = "bin/${name}";
      executable = true;
      text = "#!/bin/bash\n${text}";
    };
  linkFarm = name: entries: tree name (builtins.mapAttrs (_: path: { link = "${path}"; }) entries);
  symlinkJoin =
    { name, paths }:
    linkTree {
      inherit name;
      packages = paths;
    };

  # A command in the sandbox, with the shell's usual tools at /usr.
  runCommand =
    name: attributes: command:
    derivation (
      {
        inherit name;
        system = buildSystem;
        builder = "/usr/bin/bash";
        __tools = tools.shell;
        PATH = "/usr/bin:/usr/sbin";
        args = [
          "-euc"
          command
        ];
      }
      // attributes
    );

  linuxPackagesFor = kernelPackages;
  linuxPackages = kernelPackages here."linux-image-${debianArch}";
  linuxPackages_cloud = kernelPackages here."linux-image-cloud-${debianArch}";

  neve = import ./neve.nix {
    inherit
      lib
      builtin
      linkTree
      tree
      tools
      source
      ;
  };
}
