# `stdenv`: building software with the tools of Debian's archive.
#
# The build's /usr is a tree of the Debian packages that the derivation names, with all they depend
# on; everything else is found in the store, as Nix packages find it.
{
  lib,
  base,
  final,
  system,
  buildSystem,
}:
let
  inherit (base) tree buildPackages hostPackages;

  setup = lib.concatMapStrings builtins.readFile [
    ./setup/messages.sh
    ./setup/lists.sh
    ./setup/hooks.sh
    ./setup/inputs.sh
    ./setup/substitute.sh
    ./setup/outputs.sh
    ./setup/unpack.sh
    ./setup/build.sh
    ./setup/install.sh
    ./setup/fixup.sh
    ./setup/shebangs.sh
    ./setup/elf.sh
    ./setup/generic.sh
  ];

  compilers = tree "cc-wrapper" (
    lib.genAttrs' [ "cc" "gcc" "c++" "g++" "cpp" ] (
      name:
      lib.nameValuePair "bin/${name}" {
        executable = true;
        text = builtins.replaceStrings [ "@compiler@" ] [ "/usr/bin/${name}" ] (
          builtins.readFile ./cc-wrapper.sh
        );
      }
    )
  );

  makeStdenv =
    {
      name,
      tools,
      cc ? null,
      # Debian packages whose libraries every result may need.
      runtime ? [ ],
      # Without a compiler nothing of the machine's own runs: what builds is the builder's.
      native ? cc != null,
    }:
    let
      rootSystem = if native then system else buildSystem;
      buildPlatform = lib.systems.elaborate rootSystem;
      hostPlatform = lib.systems.elaborate system;
      made = tree name {
        setup.text =
          lib.optionalString (cc != null) "defaultCompilers=${cc}\n"
          + "buildConfig=${buildPlatform.config}\n"
          + "hostConfig=${hostPlatform.config}\n"
          + setup;
      };
      stdenv = made // {
        inherit
          cc
          rootSystem
          runtime
          buildPlatform
          hostPlatform
          ;
        hasCC = cc != null;
        shell = "/usr/bin/bash";
        tools = map (tool: (if rootSystem == system then hostPackages else buildPackages).${tool}) tools;
        targetPlatform = hostPlatform;
        # What expressions asked before there were platforms.
        inherit (stdenv.hostPlatform)
          is32bit
          is64bit
          isAarch32
          isAarch64
          isBSD
          isBigEndian
          isDarwin
          isFreeBSD
          isLinux
          isi686
          isx86_32
          isx86_64
          ;
        mkDerivation = import ./derivation.nix {
          inherit
            lib
            base
            system
            stdenv
            ;
          hooks = final.setupHooks;
        };
        override =
          changes:
          makeStdenv (
            {
              inherit
                name
                tools
                cc
                runtime
                native
                ;
            }
            // changes
          );
      };
    in
    stdenv;

  shellTools = [
    "bash"
    "bzip2"
    "coreutils"
    "dash"
    "diffutils"
    "file"
    "findutils"
    "gawk"
    "grep"
    "gzip"
    "libc-bin"
    "patch"
    "sed"
    "tar"
    "xz-utils"
  ];
in
{
  stdenvNoCC = makeStdenv {
    name = "stdenv-no-cc";
    tools = shellTools;
  };
  stdenv = makeStdenv {
    name = "stdenv";
    tools = shellTools ++ [
      "binutils"
      "g++"
      "gcc"
      "libc6-dev"
      "make"
      "patchelf"
    ];
    cc = compilers;
    runtime = map (library: hostPackages.${library}) [
      "libc6"
      "libgcc-s1"
      "libstdc++6"
    ];
  };
}
