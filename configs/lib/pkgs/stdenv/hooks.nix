# Setup hooks: what Debian's build tools need to be told, by the package that has the tool, and
# hooks that are inputs by themselves.
{ lib, final }:
let
  makeSetupHook =
    {
      name ? "hook",
      propagatedBuildInputs ? [ ],
      propagatedNativeBuildInputs ? [ ],
      depsTargetTargetPropagated ? [ ],
      substitutions ? { },
      passthru ? { },
      meta ? { },
    }:
    script:
    final.stdenvNoCC.mkDerivation {
      inherit
        name
        propagatedBuildInputs
        propagatedNativeBuildInputs
        depsTargetTargetPropagated
        passthru
        meta
        ;
      dontUnpack = true;
      setupHook = script;
      strictDeps = true;
      installPhase = "mkdir -p $out";
      env = lib.mapAttrs (_: value: "${value}") substitutions;
    };
in
{
  inherit makeSetupHook;

  setupHooks = {
    cmake = [ ./hooks/cmake.sh ];
    # Debian's meson depends on ninja.
    meson = [
      ./hooks/ninja.sh
      ./hooks/meson.sh
    ];
    ninja-build = [ ./hooks/ninja.sh ];
    unzip = [ ./hooks/unzip.sh ];
  };

  makeWrapper = makeSetupHook { name = "make-wrapper-hook"; } ./hooks/make-wrapper.sh;
  installShellFiles = makeSetupHook { name = "install-shell-files"; } ./hooks/install-shell-files.sh;
  versionCheckHook = makeSetupHook { name = "version-check-hook"; } ./hooks/version-check.sh;
  autoreconfHook = makeSetupHook {
    name = "autoreconf-hook";
    propagatedBuildInputs = map (name: final.${name}) [
      "autoconf"
      "automake"
      "autopoint"
      "gettext"
      "libtool"
    ];
  } ./hooks/autoreconf.sh;
  pythonBuildHook = makeSetupHook {
    name = "python-build-hook";
    propagatedBuildInputs = map (name: final.${name}) [
      "python3"
      "python3-build"
      "python3-installer"
      "python3-wheel"
    ];
  } ./hooks/python.sh;
}
