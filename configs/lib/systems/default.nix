# The kinds of machines that there are packages for: Debian's architectures on Linux.
{ lib }:
let
  inherit (lib.attrsets) mapAttrs' nameValuePair;
  parse = import ./parse.nix { inherit lib; };
  inspect = import ./inspect.nix { inherit lib; };
  kernelNames = {
    x86_64 = "x86_64";
    i386 = "i386";
    i486 = "i386";
    i586 = "i386";
    i686 = "i386";
    aarch64 = "arm64";
    armv5tel = "arm";
    armv6l = "arm";
    armv7l = "arm";
    mips64el = "mips";
    powerpc64le = "powerpc";
    riscv64 = "riscv";
    s390x = "s390";
    loongarch64 = "loongarch";
  };
  qemuNames = {
    i686 = "i386";
    armv5tel = "arm";
    armv6l = "arm";
    armv7l = "arm";
    powerpc64le = "ppc64le";
  };
  debianNames = {
    x86_64 = "amd64";
    i386 = "i386";
    i486 = "i386";
    i586 = "i386";
    i686 = "i386";
    aarch64 = "arm64";
    armv5tel = "armel";
    armv6l = "armel";
    armv7l = "armhf";
    powerpc64le = "ppc64el";
    loongarch64 = "loong64";
  };
  efiNames = {
    x86_64 = "x64";
    i386 = "ia32";
    i486 = "ia32";
    i586 = "ia32";
    i686 = "ia32";
    aarch64 = "aa64";
    armv5tel = "arm";
    armv6l = "arm";
    armv7l = "arm";
  };
  goNames = {
    x86_64 = "amd64";
    i386 = "386";
    i486 = "386";
    i586 = "386";
    i686 = "386";
    aarch64 = "arm64";
    armv5tel = "arm";
    armv6l = "arm";
    armv7l = "arm";
    mips64el = "mips64le";
    powerpc64le = "ppc64le";
    loongarch64 = "loong64";
  };
  nodeNames = {
    x86_64 = "x64";
    i386 = "ia32";
    i486 = "ia32";
    i586 = "ia32";
    i686 = "ia32";
    aarch64 = "arm64";
    armv5tel = "arm";
    armv6l = "arm";
    armv7l = "arm";
    powerpc64le = "ppc64";
    loongarch64 = "loong64";
  };
  # What Rust calls the processors otherwise.
  rustNames = {
    armv5tel = "armv5te";
    armv6l = "arm";
    armv7l = "armv7";
    riscv64 = "riscv64gc";
  };
in
rec {
  inherit parse inspect;

  /**
    Machines by common names, for `elaborate`.

    Type: examples :: AttrSet

    Example:
      systems.examples.gnu64
      => { config = "x86_64-unknown-linux-gnu"; }
  */
  examples = builtins.mapAttrs (_: config: { inherit config; }) {
    gnu64 = "x86_64-unknown-linux-gnu";
    gnu32 = "i686-unknown-linux-gnu";
    aarch64-multiplatform = "aarch64-unknown-linux-gnu";
    armv7l-hf-multiplatform = "armv7l-unknown-linux-gnueabihf";
    sheevaplug = "armv5tel-unknown-linux-gnueabi";
    raspberryPi = "armv6l-unknown-linux-gnueabihf";
    mips64el-linux-gnuabi64 = "mips64el-unknown-linux-gnuabi64";
    powernv = "powerpc64le-unknown-linux-gnu";
    riscv64 = "riscv64-unknown-linux-gnu";
    s390x = "s390x-unknown-linux-gnu";
    loongarch64-linux = "loongarch64-unknown-linux-gnu";
  };

  /**
    The names of systems (ARCHITECTURE-KERNEL), all of them and by kind.

    Type: doubles :: AttrSet

    Example:
      systems.doubles.aarch64
      => [ "aarch64-linux" ]
      elem "x86_64-linux" systems.doubles.all
      => true
  */
  doubles =
    let
      all = map (cpu: "${cpu}-linux") (builtins.attrNames parse.cpuTypes);
      having =
        pattern:
        builtins.filter (system: lib.attrsets.matchAttrs pattern (parse.mkSystemFromString system)) all;
      anyOf = patterns: lib.lists.unique (builtins.concatMap having (lib.lists.toList patterns));
    in
    mapAttrs' (
      name: patterns:
      nameValuePair (lib.strings.toLower (builtins.substring 2 1 name) + builtins.substring 3 (-1) name) (
        anyOf patterns
      )
    ) inspect.patterns
    // {
      inherit all;
      x86 = anyOf inspect.patterns.isx86;
      i686 = anyOf inspect.patterns.isi686;
      x86_64 = anyOf inspect.patterns.isx86_64;
      gnu = anyOf inspect.patterns.isGnu;
      arm = anyOf inspect.patterns.isAarch32;
      riscv = anyOf inspect.patterns.isRiscV;
      riscv64 = anyOf inspect.patterns.isRiscV64;
      loongarch64 = anyOf inspect.patterns.isLoongArch64;
    }
    # Kinds that expressions may name, and that there are no packages for.
    // lib.attrsets.genAttrs [
      "cygwin"
      "darwin"
      "embedded"
      "freebsd"
      "genode"
      "illumos"
      "js"
      "m68k"
      "microblaze"
      "mmix"
      "musl"
      "netbsd"
      "none"
      "openbsd"
      "or1k"
      "redox"
      "riscv32"
      "rx"
      "vc4"
      "wasi"
      "windows"
    ] (_: [ ]);

  /**
    The systems that Debian's packages are made for.

    Type: flakeExposed :: [String]

    Example:
      elem "riscv64-linux" systems.flakeExposed
      => true
  */
  flakeExposed = [
    "x86_64-linux"
    "aarch64-linux"
    "riscv64-linux"
    "armv7l-linux"
    "armv6l-linux"
    "i686-linux"
    "powerpc64le-linux"
    "s390x-linux"
  ];

  /**
    All that is known of a machine, from its system's name, from `{ system }` or from `{ config }`.

    Type: elaborate :: (String | AttrSet) -> AttrSet

    Example:
      let p = systems.elaborate "aarch64-linux"; in [ p.config p.isAarch64 p.isx86 p.linuxArch p.debianArch p.parsed.cpu.bits ]
      => [ "aarch64-unknown-linux-gnu" true false "arm64" "arm64" 64 ]
      let p = systems.elaborate "aarch64-linux"; in [ p.isDarwin p.isMusl p.isEfi p.efiArch p.go.GOARCH p.rust.rustcTarget ]
      => [ false false true "aa64" "arm64" "aarch64-unknown-linux-gnu" ]
      (systems.elaborate { config = "armv7l-unknown-linux-gnueabihf"; }).system
      => "armv7l-linux"
      systems.elaborate "m68k-linux"
      => error: Unknown CPU type: m68k
  */
  elaborate =
    given:
    let
      args = if builtins.isString given then { system = given; } else given;
      parsed = args.parsed or (parse.mkSystemFromString (args.config or args.system));
      cpu = parsed.cpu.name;
      final = {
        inherit parsed;
        system = parse.doubleFromSystem parsed;
        config = parse.tripleFromSystem parsed;
        libc = "glibc";
        linuxArch = kernelNames.${cpu} or cpu;
        debianArch = debianNames.${cpu} or cpu;
        qemuArch = qemuNames.${cpu} or cpu;
        efiArch = efiNames.${cpu} or cpu;
        # The boot loader's names, which are Linux's but for these.
        ubootArch =
          if final.isx86_32 then
            "x86"
          else if final.isMips64 then
            "mips64"
          else
            final.linuxArch;
        linker = "bfd";
        go = {
          GOARCH = goNames.${cpu} or cpu;
          GOARM = if final.isAarch32 then parsed.cpu.version else null;
          GOOS = "linux";
          CGO_ENABLED = "1";
        };
        node = {
          arch = nodeNames.${cpu} or cpu;
          platform = "linux";
        };
        rust = {
          rustcTarget = "${rustNames.${cpu} or cpu}-unknown-linux-${parsed.abi.name}";
          platform = {
            # Without the byte order.
            arch =
              if final.isAarch32 then
                "arm"
              else if final.isMips64 then
                "mips64"
              else if final.isPower64 then
                "powerpc64"
              else
                cpu;
            os = "linux";
            vendor = "unknown";
            target-family = [ "unix" ];
          };
        };
        uname = {
          system = "Linux";
          processor = if cpu == "powerpc64le" then "ppc64le" else cpu;
          release = null;
        };
        extensions = {
          sharedLibrary = ".so";
          staticLibrary = ".a";
          library = ".so";
          executable = "";
        };
        hasSharedLibraries = true;
        isStatic = false;
        useLLVM = false;
        canExecute = platform: runs parsed.cpu platform.parsed.cpu;
        __toString = self: self.system;
      }
      // builtins.mapAttrs (_: holds: holds parsed) inspect.predicates
      // removeAttrs args [ "parsed" ];
    in
    assert final.parsed._type or null == "system";
    final;

  # Whether one processor runs programs of another.
  runs =
    cpu: other:
    cpu.name == other.name
    || (cpu.family == other.family && cpu.bits >= other.bits && cpu.family == "x86")
    || (cpu.family == "arm" && other.family == "arm" && cpu.bits == other.bits && cpu.version >= other.version);

  /**
    What tells a machine: its system's name, or where that is not all of it `{ config }`.

    Type: systemToAttrs :: (String | AttrSet) -> AttrSet

    Example:
      systems.systemToAttrs "x86_64-linux"
      => { system = "x86_64-linux"; }
      systems.systemToAttrs { config = "aarch64-unknown-linux-gnu"; }
      => { config = "aarch64-unknown-linux-gnu"; }
  */
  systemToAttrs = given: if builtins.isAttrs given then given else { system = given; };

  /**
    The system's name of an elaborated machine when that tells all of it; else null.

    Type: toLosslessStringMaybe :: (String | AttrSet) -> (String | null)

    Example:
      systems.toLosslessStringMaybe (systems.elaborate "aarch64-linux")
      => "aarch64-linux"
      systems.toLosslessStringMaybe (systems.elaborate { system = "aarch64-linux"; isStatic = true; })
      => null
  */
  toLosslessStringMaybe =
    given:
    if builtins.isString given then
      given
    else if equals given (elaborate given.system) then
      given.system
    else
      null;

  /**
    Whether two elaborated machines are the same, but for functions.

    Type: equals :: AttrSet -> AttrSet -> Bool

    Example:
      map (systems.equals (systems.elaborate "x86_64-linux")) [ (systems.elaborate "x86_64-linux") (systems.elaborate "i686-linux") ]
      => [ true false ]
  */
  equals =
    let
      plain =
        machine:
        removeAttrs machine [
          "canExecute"
          "__toString"
        ];
    in
    a: b: plain a == plain b;
}
