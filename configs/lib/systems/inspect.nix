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
    isGnu = map (abi: { inherit abi; }) [
      abis.gnu
      abis.gnueabi
      abis.gnueabihf
      abis.gnuabi64
    ];
  };

  predicates = builtins.mapAttrs (
    _: pattern: system:
    builtins.any (one: lib.attrsets.matchAttrs one system) (lib.lists.toList pattern)
  ) patterns;
}
