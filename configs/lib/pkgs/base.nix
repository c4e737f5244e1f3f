# What every package is made of: builtin builders, trees of files, Debian's packages and closures.
{
  lib,
  debian,
  system,
  buildSystem,
  final,
  extend,
}:
let
  # What only maintainer scripts need: those never run, modules do their work.
  scriptsOnly = [
    "adduser"
    "debconf"
    "init-system-helpers"
    "initramfs-tools"
    "libdebconfclient0"
    "ucf"
  ];

  # What on a machine is for those scripts too, while builds have use for it.
  maintainerOnly = scriptsOnly ++ [
    "base-passwd"
    "dpkg"
    "linux-base"
    "perl"
    "perl-base"
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
    fetch-file = 1;
    fetch-git = 1;
    dpkg-database = 1;
  };

  # … unless it is asked for by its name.
  unneededBeside =
    names: lib.subtractLists (names ++ lib.optional (lib.elem "perl" names) "perl-base") maintainerOnly;

  json = builtins.toJSON;
  isDebian = package: package ? debianName;
in
rec {
  inherit isDebian scriptsOnly unneededBeside;

  hostPackages = debian.lib.packages { inherit system extend; };
  buildPackages = debian.legacyPackages.${buildSystem};

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

  # The Debian packages that a package of our own asks for, through what it propagates too.
  debianDependenciesOf =
    package: lib.concatMap (p: if isDebian p then [ p ] else debianDependenciesOf p) (package.debianDependencies or [ ]);

  # The Debian packages among some packages, and those that the others name.
  neededOfDebian = lib.concatMap (
    package: if isDebian package then [ package ] else package.debianDependencies or [ ]
  );

  # closureIn: architecture -> packages -> these and all packages that they depend on.
  closureIn =
    architecture: packages:
    let
      others = builtins.filter (package: !isDebian package) packages;
      given = builtins.filter isDebian packages ++ lib.concatMap debianDependenciesOf others;
      # A package that an overlay replaced stands for the pinned one wherever that is needed, but
      # for one that is given itself.
      asked = builtins.listToAttrs (
        map (package: lib.nameValuePair package.debianName package) (builtins.filter isDebian packages)
      );
      replaced =
        package:
        let
          other = asked.${package.debianName} or final.${package.debianName};
        in
        if other.debianName or null == package.debianName then other else package;
    in
    map (if architecture == system then replaced else lib.id) (
      pinnedClosure {
        inherit architecture;
        packages = given;
        exclude = unneededBeside (map (package: package.debianName) given);
      }
    )
    ++ others;

  # The same as Debian has them, but for those packages that are given themselves.
  pinnedClosure =
    {
      architecture,
      packages,
      exclude ? [ ],
    }:
    let
      given = builtins.listToAttrs (map (package: lib.nameValuePair package.debianName package) packages);
      found = debian.lib.closure {
        system = architecture;
        packages = builtins.attrNames given;
        inherit exclude;
      };
    in
    map (package: given.${package.debianName} or package) found;

  # Where a package's part of /usr lies.
  usrOf = package: if isDebian package then "${package}/usr" else "${package}";

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

  toolTree =
    name: names:
    linkTree {
      name = "tools-${name}";
      packages = pinnedClosure {
        architecture = buildSystem;
        packages = map (tool: buildPackages.${tool}) names;
        exclude = unneededBeside names;
      };
    };

  tree = name: spec: builtin "tree" name { spec = json spec; };

  kernelPackages =
    metaPackage:
    let
      named = lib.hasPrefix "linux-image-";
      isMeta = builtins.match "linux-image-[0-9].*" metaPackage.debianName == null;
      images = builtins.filter named metaPackage.dependencies;
      kernel = if isMeta then final.${builtins.head images} else metaPackage;
    in
    {
      inherit kernel;
      modules = builtin "kernel-modules" "linux-modules-${kernel.version}" {
        inherit kernel;
        tools = final.tools.kmod;
      };
    };

  debianArch =
    {
      x86_64-linux = "amd64";
      aarch64-linux = "arm64";
    }
    .${system} or (throw "Debian has no architecture '${system}' that Neve knows; expect x86_64-linux or aarch64-linux");
}
