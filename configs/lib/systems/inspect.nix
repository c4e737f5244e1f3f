# Kinds of machines, as patterns of what `parse` gives and as predicates.
{ lib }:
let
  inherit (import ./parse.nix { inherit lib; }) abis cpuTypes significantBytes;
  ofCpu = pattern: { cpu = pattern; };
in
rec {
  # Some are lists: any of the patterns.
  patterns = {
    isi686 = ofCpu cpuTypes.i686;
    isx86_32 = ofCpu {
      family = "x86";
      bits = 32;
    };
    isx86_64 = ofCpu {
      family = "x86";
      bits = 64;
    };
    isx86 = ofCpu { family = "x86"; };
    isAarch = ofCpu { family = "arm"; };
    isAarch32 = ofCpu {
      family = "arm";
      bits = 32;
    };
    isAarch64 = ofCpu {
      family = "arm";
      bits = 64;
    };
    isArmv7 = ofCpu { arch = "armv7"; };
    isMips = ofCpu { family = "mips"; };
    isMips64 = ofCpu {
      family = "mips";
      bits = 64;
    };
    isMips64n64 = {
      cpu = {
        family = "mips";
        bits = 64;
      };
      abi.abi = "64";
    };
    isMips64el = ofCpu cpuTypes.mips64el;
    isPower = ofCpu { family = "power"; };
    isPower64 = ofCpu {
      family = "power";
      bits = 64;
    };
    isRiscV = ofCpu { family = "riscv"; };
    isRiscV64 = ofCpu {
      family = "riscv";
      bits = 64;
    };
    isS390 = ofCpu { family = "s390"; };
    isS390x = ofCpu cpuTypes.s390x;
    isLoongArch64 = ofCpu {
      family = "loongarch";
      bits = 64;
    };
    is32bit = ofCpu { bits = 32; };
    is64bit = ofCpu { bits = 64; };
    isLittleEndian = ofCpu { significantByte = significantBytes.littleEndian; };
    isBigEndian = ofCpu { significantByte = significantBytes.bigEndian; };
    isLinux.kernel.name = "linux";
    isUnix = [ { kernel.name = "linux"; } ];
    isElf.kernel.execFormat.name = "elf";
    # Of which there is firmware after the UEFI's specification.
    isEfi =
      map ofCpu (
        map (family: { inherit family; }) [
          "x86"
          "riscv"
          "loongarch"
        ]
      )
      ++ map (version: ofCpu { family = "arm"; inherit version; }) [
        "6"
        "7"
        "8"
      ];
    isGnu = map (abi: { inherit abi; }) [
      abis.gnu
      abis.gnueabi
      abis.gnueabihf
      abis.gnuabi64
    ];
  };

  # What expressions ask about machines of all kinds, and none of Debian's is.
  foreign = [
    "isAbiElfv1"
    "isAbiElfv2"
    "isAlpha"
    "isAndroid"
    "isAvr"
    "isBSD"
    "isCygwin"
    "isDarwin"
    "isFreeBSD"
    "isGenode"
    "isGhcjs"
    "isILP32"
    "isJavaScript"
    "isM68k"
    "isMacOS"
    "isMacho"
    "isMicroBlaze"
    "isMinGW"
    "isMips32"
    "isMips64n32"
    "isMmix"
    "isMsp430"
    "isMusl"
    "isNetBSD"
    "isNone"
    "isOpenBSD"
    "isOr1k"
    "isPE"
    "isRedox"
    "isRiscV32"
    "isRx"
    "isSparc"
    "isSparc64"
    "isSunOS"
    "isUClibc"
    "isVc4"
    "isWasi"
    "isWasm"
    "isWindows"
    "isiOS"
  ];

  predicates =
    lib.attrsets.genAttrs foreign (_: _: false)
    // builtins.mapAttrs (
      _: pattern: system:
      builtins.any (one: lib.attrsets.matchAttrs one system) (lib.lists.toList pattern)
    ) patterns;
}
