# Debian's source packages, built by dpkg-buildpackage in the sandbox.
#
# debianSource: name, or { name, version ? newest, profiles ? [ "nocheck" ] } -> derivation of the .deb files, with
# `packages.<name>`: the binary packages, each in place of the archive's own.
{
  lib,
  debian,
  base,
  # The packages' own, so that an overlay may be made of what a source package is called.
  stdenvNoCC,
  system,
}:
wanted:
let
  arguments = {
    inherit system;
    # What is not tested needs no programs that only test.
    profiles = [ "nocheck" ];
    exclude = base.scriptsOnly;
  }
  // (if lib.isString wanted then { name = wanted; } else wanted);

  source = debian.lib.source arguments;

  # What dpkg would know if it had installed the packages that build.
  database = base.builtin "dpkg-database" "dpkg-database" {
    debs = builtins.toJSON (map (package: "${package.src}") source.buildInputs);
  };

  origins = base.tree "dpkg-origins" {
    "debian".link = "${base.hostPackages.base-files}/etc/dpkg/origins/debian";
    "default".link = "debian";
  };

  dsc = lib.head (builtins.filter (file: lib.hasSuffix ".dsc" file.name) source.files);

  rebuilt =
    debs: name:
    let
      package = base.hostPackages.${name};
    in
    package
    // debian.lib.unpacked {
      name = "${lib.strings.sanitizeDerivationName name}-${lib.strings.sanitizeDerivationName package.version}";
      deb = "${debs}/${name}.deb";
    }
    // {
      src = debs;
      sourcePackage = debs;
      overrideAttrs = change: (debs.overrideAttrs change).packages.${name};
    };
in
(stdenvNoCC.override {
  name = "stdenv-debian";
  tools = map (package: package.debianName) source.buildInputs ++ [ "fakeroot" ];
  native = true;
}).mkDerivation
  (self: {
    pname = lib.strings.sanitizeDerivationName source.name;
    version = lib.strings.sanitizeDerivationName source.version;

    patches = [ ];
    srcs = map (file: file.file) source.files;
    names = map (file: file.name) source.files;
    unpackPhase = ''
      runHook preUnpack
      files=($srcs)
      number=0
      for name in $names; do
        ln -s "''${files[number]}" "$name"
        number=$((number + 1))
      done
      dpkg-source --no-check --extract ${lib.escapeShellArg dsc.name} source
      sourceRoot=source
      chmod -R u+w source
      runHook postUnpack
    '';

    env = {
      DPKG_ADMINDIR = "${database}";
      DPKG_ORIGINS_DIR = "${origins}";
      DEB_BUILD_OPTIONS = lib.concatStringsSep " " (
        [ "terse" ] ++ lib.intersectLists [ "nocheck" "nodoc" ] arguments.profiles
      );
      DEB_BUILD_PROFILES = lib.concatStringsSep " " arguments.profiles;
    };

    dontConfigure = true;
    buildPhase = ''
      runHook preBuild
      # The changelog says how new it is.
      unset SOURCE_DATE_EPOCH
      export HOME=$TMPDIR DEB_BUILD_OPTIONS="$DEB_BUILD_OPTIONS parallel=$NIX_BUILD_CORES"
      # dpkg-shlibdeps looks where /etc/ld.so.conf says, which the sandbox has not.
      LD_LIBRARY_PATH=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
      export LD_LIBRARY_PATH
      dpkg-buildpackage --admindir="$DPKG_ADMINDIR" --build=binary --unsigned-changes --unsigned-source --no-check-builddeps --no-pre-clean
      runHook postBuild
    '';

    # By their packages' names alone: a rebuilt one stands where the archive's does.
    installPhase = ''
      runHook preInstall
      mkdir -p $out
      for deb in ../*.deb; do
        name=''${deb##*/}
        cp -- "$deb" "$out/''${name%%_*}.deb"
      done
      runHook postInstall
    '';
    dontFixup = true;

    passthru = {
      inherit (source) binaries;
      packages = lib.genAttrs (builtins.filter (name: base.hostPackages ? ${name}) source.binaries) (
        rebuilt self.finalPackage
      );
    };
  })
