# The names of machines: ARCHITECTURE-KERNEL, and ARCHITECTURE-VENDOR-KERNEL-ABI.
{ lib }:
let
  inherit (builtins) elemAt head length;
  inherit (lib.asserts) assertMsg;
  inherit (lib.strings) concatStringsSep splitString;

  known =
    what: table: name:
    let
      near = lib.lists.sortOn (lib.strings.levenshtein name) (builtins.attrNames table);
    in
    assert assertMsg (
      table ? ${name}
    ) "Unknown ${what}: ${name}; the nearest one is ${head near}";
    table.${name};

  named = kind: builtins.mapAttrs (name: value: { inherit name; _type = kind; } // value);
  little = {
    name = "littleEndian";
    _type = "significant-byte";
  };
  big = {
    name = "bigEndian";
    _type = "significant-byte";
  };
  cpu = bits: family: significantByte: more: { inherit bits family significantByte; } // more;
in
rec {
  significantBytes = {
    littleEndian = little;
    bigEndian = big;
  };

  cpuTypes = named "cpu-type" {
    armv5tel = cpu 32 "arm" little {
      version = "5";
      arch = "armv5t";
    };
    armv6l = cpu 32 "arm" little {
      version = "6";
      arch = "armv6";
    };
    armv7l = cpu 32 "arm" little {
      version = "7";
      arch = "armv7";
    };
    aarch64 = cpu 64 "arm" little {
      version = "8";
      arch = "armv8-a";
    };
    i386 = cpu 32 "x86" little { arch = "i386"; };
    i486 = cpu 32 "x86" little { arch = "i486"; };
    i586 = cpu 32 "x86" little { arch = "i586"; };
    i686 = cpu 32 "x86" little { arch = "i686"; };
    x86_64 = cpu 64 "x86" little { arch = "x86-64"; };
    mips64el = cpu 64 "mips" little { };
    powerpc64le = cpu 64 "power" little { };
    riscv64 = cpu 64 "riscv" little { };
    s390x = cpu 64 "s390" big { };
    loongarch64 = cpu 64 "loongarch" little { };
  };

  vendors = named "vendor" {
    unknown = { };
    pc = { };
  };

  kernels = named "kernel" {
    linux = {
      execFormat = {
        name = "elf";
        _type = "exec-format";
      };
      families = { };
    };
  };

  abis = named "abi" {
    gnu = { };
    gnueabi = {
      float = "soft";
    };
    gnueabihf = {
      float = "hard";
    };
    gnuabi64 = {
      abi = "64";
    };
    unknown = { };
  };

  # The ABI that a processor has when none is named.
  usualAbi =
    cpu:
    if cpu.family == "arm" && cpu.bits == 32 then
      (if lib.strings.versionAtLeast cpu.version "6" then abis.gnueabihf else abis.gnueabi)
    else if cpu.name == "mips64el" then
      abis.gnuabi64
    else
      abis.gnu;

  isSystem = value: value._type or null == "system";

  # A system of its four parts.
  mkSystem = parts: parts // { _type = "system"; };

  # `mkSystemFromString "x86_64-linux"`, or with vendor and ABI.
  mkSystemFromString =
    text:
    let
      parts = splitString "-" text;
      size = length parts;
      cpu = known "CPU type" cpuTypes (head parts);
      # Without a vendor, three parts end with the ABI.
      short = size == 2 || (size == 3 && elemAt parts 1 == "linux");
      kernel = elemAt parts (if short then 1 else 2);
    in
    assert assertMsg (
      size >= 2 && size <= 4 && !(size == 3 && !short && kernel != "linux")
    ) "system string '${text}' with ${toString size} components is ambiguous";
    mkSystem {
      inherit cpu;
      vendor = known "vendor" vendors (if short then "unknown" else elemAt parts 1);
      kernel = known "kernel" kernels kernel;
      abi =
        if size == 4 || (size == 3 && short) then
          known "ABI" abis (lib.lists.last parts)
        else
          usualAbi cpu;
    };

  doubleFromSystem = system: "${system.cpu.name}-${system.kernel.name}";

  tripleFromSystem =
    system:
    concatStringsSep "-" (
      map (part: part.name) [
        system.cpu
        system.vendor
        system.kernel
        system.abi
      ]
    );
}
