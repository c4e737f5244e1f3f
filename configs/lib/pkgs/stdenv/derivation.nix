# `stdenv.mkDerivation`, with its arguments as nixpkgs documents them.
#
# Debian packages among the inputs become part of the build's /usr; the others are given to the
# build as store paths. What the result needs of Debian on a machine is its `debianDependencies`.
{
  lib,
  base,
  system,
  stdenv,
  hooks,
}:
let
  inherit (base) isDebian hostPackages buildPackages;
  checkMeta = import ./meta.nix { inherit lib system; };

  # What the build's own machine has of a Debian package.
  inRoot =
    package:
    if stdenv.rootSystem == system then package else buildPackages.${package.debianName};

  isLibrary = name: lib.hasSuffix "libs" (hostPackages.${name}.meta.section or "");
  isDevelopment =
    package: lib.hasSuffix "libdevel" package.meta.section || lib.hasSuffix "-dev" package.debianName;

  # What a machine needs of an input: of a -dev package its libraries, of another one itself.
  runtimeOf =
    input:
    if !isDebian input then
      input.debianDependencies or [ ]
    else if isDevelopment input then
      map (name: hostPackages.${name}) (builtins.filter isLibrary input.dependencies)
    else
      [ input ];

  propagated =
    input:
    if lib.isAttrs input && !isDebian input then
      (input.propagatedBuildInputs or [ ]) ++ (input.propagatedNativeBuildInputs or [ ])
    else
      [ ];

  # The Debian packages among inputs, also those that the others bring along.
  debianAmong =
    inputs: lib.concatMap (input: if isDebian input then [ input ] else debianAmong (propagated input)) inputs;

  # Store paths as the build gets them, and the hooks that stand for what Debian's tools cannot tell.
  given =
    inputs:
    lib.concatMap (
      input:
      if input == null then
        [ ]
      else if isDebian input then
        hooks.${input.debianName} or [ ]
      else
        [ (if lib.isDerivation input then lib.getDev input else input) ]
    ) inputs;

  alternatives = {
    mawk.awk = "mawk";
    gawk.awk = "gawk";
    debianutils.which = "which.debianutils";
    gcc = {
      c89 = "c89-gcc";
      c99 = "c99-gcc";
      cc = "gcc";
    };
    "g++"."c++" = "g++";
    bison.yacc = "bison.yacc";
    fakeroot = {
      fakeroot = "fakeroot-sysv";
      faked = "faked-sysv";
    };
    automake =
      let
        version = lib.versions.majorMinor (lib.last (lib.splitString ":" hostPackages.automake.version));
      in
      {
        automake = "automake-${version}";
        aclocal = "aclocal-${version}";
      };
  };

  rootOf =
    packages:
    let
      all = base.pinnedClosure {
        architecture = stdenv.rootSystem;
        packages = map inRoot packages;
        exclude = base.scriptsOnly;
      };
      names = map (package: package.debianName) all;
    in
    base.linkTree {
      name = "build-root";
      packages = all;
      # Programs find their data beside themselves: gcc, cmake, python.
      copy = [
        "bin/*"
        # The compiler writes the real paths of its own headers' folders into what it makes.
        "include/*c++/*"
        "lib/gcc/*/include/*"
      ];
      exclude = [ "bin/*lto-dump*" ];
      links = lib.mapAttrs' (name: lib.nameValuePair "bin/${name}") (
        lib.mergeAttrsList (map (name: alternatives.${name} or { }) (lib.reverseList names))
      );
    };

  inputKinds = [
    "depsBuildBuild"
    "nativeBuildInputs"
    "depsBuildTarget"
    "depsHostHost"
    "buildInputs"
    "depsTargetTarget"
  ];
  propagatedKinds = [
    "depsBuildBuildPropagated"
    "propagatedNativeBuildInputs"
    "depsBuildTargetPropagated"
    "depsHostHostPropagated"
    "propagatedBuildInputs"
    "depsTargetTargetPropagated"
  ];

  checkEnv =
    name: attrs: env:
    let
      twice = builtins.attrNames (builtins.intersectAttrs env attrs);
      isGood = value: lib.isString value || lib.isBool value || lib.isInt value || lib.isDerivation value;
      bad = builtins.filter (key: !isGood env.${key}) (builtins.attrNames env);
    in
    lib.throwIf (twice != [ ])
      "mkDerivation: '${name}' gives ${lib.concatStringsSep ", " twice} both in `env` and as an argument; leave one out"
      (
        lib.throwIf (bad != [ ])
          "mkDerivation: '${name}' has ${
            lib.concatMapStringsSep ", " (key: "env.${key}, a ${builtins.typeOf env.${key}}") bad
          }; a variable can be a string, a boolean, an integer or a derivation"
          env
      );

  hardeningFlags = [
    "bindnow"
    "format"
    "fortify"
    "fortify3"
    "glibcxxassertions"
    "nostrictaliasing"
    "pacret"
    "pic"
    "pie"
    "relro"
    "shadowstack"
    "stackclashprotection"
    "stackprotector"
    "strictflexarrays1"
    "strictflexarrays3"
    "strictoverflow"
    "trivialautovarinit"
    "zerocallusedregs"
  ];

  checkHardening =
    name: attrs: value:
    let
      given =
        lib.subtractLists [ "all" ] (lib.toList (attrs.hardeningDisable or [ ]))
        ++ lib.toList (attrs.hardeningEnable or [ ]);
      unknown = lib.subtractLists hardeningFlags given;
    in
    lib.throwIf (unknown != [ ])
      "mkDerivation: '${name}' was called with unsupported hardening flags: ${lib.concatStringsSep ", " unknown}; there are ${lib.concatStringsSep ", " hardeningFlags}"
      value;

  removed = [
    "checkInputs"
    "debianDependencies"
    "env"
    "installCheckInputs"
    "meta"
    "nativeCheckInputs"
    "nativeInstallCheckInputs"
    "passthru"
    "pos"
  ];

  simple =
    overrideAttrs: attrs:
    let
      name =
        if attrs ? name then
          attrs.name
        else if attrs ? pname && attrs ? version then
          "${attrs.pname}-${attrs.version}"
        else
          throw "mkDerivation: give `name`, or `pname` and `version`; there is ${lib.concatStringsSep ", " (builtins.attrNames attrs)}";
      doCheck = attrs.doCheck or false;
      doInstallCheck = attrs.doInstallCheck or false;
      extra = {
        nativeBuildInputs =
          lib.optionals doCheck (attrs.nativeCheckInputs or [ ])
          ++ lib.optionals doInstallCheck (attrs.nativeInstallCheckInputs or [ ]);
        buildInputs =
          lib.optionals doCheck (attrs.checkInputs or [ ])
          ++ lib.optionals doInstallCheck (attrs.installCheckInputs or [ ]);
      };
      flat = list: builtins.filter (input: input != null) (lib.flatten list);
      inputs = lib.genAttrs (inputKinds ++ propagatedKinds) (
        kind: flat ((attrs.${kind} or [ ]) ++ (extra.${kind} or [ ]))
      );
      everything = lib.concatLists (builtins.attrValues inputs);
      debianDependencies = lib.unique (
        flat (attrs.debianDependencies or [ ])
        ++ lib.concatMap runtimeOf (inputs.buildInputs ++ inputs.propagatedBuildInputs)
        ++ stdenv.runtime
      );
      runtime =
        base.debianDependenciesOf { inherit debianDependencies; }
        ++ map (shell: hostPackages.${shell}) [
          "bash"
          "dash"
        ];
      structured = attrs.__structuredAttrs or false;
      env =
        lib.optionalAttrs (attrs ? meta.mainProgram) { NIX_MAIN_PROGRAM = attrs.meta.mainProgram; }
        // checkEnv name attrs (attrs.env or { });
      meta = checkMeta {
        inherit name;
        outputs = attrs.outputs or [ "out" ];
        position = builtins.unsafeGetAttrPos "name" attrs;
        meta = attrs.meta or { };
      };
      arguments =
        checkHardening name attrs (builtins.removeAttrs attrs removed)
        // lib.optionalAttrs (attrs.separateDebugInfo or false) {
          outputs = attrs.outputs or [ "out" ] ++ [ "debug" ];
        }
        // lib.mapAttrs (_: given) inputs
        // (if structured then { inherit env; } else env)
        // {
          inherit name doCheck doInstallCheck;
          __ignoreNulls = true;
          system = stdenv.rootSystem;
          builder = stdenv.shell;
          args =
            attrs.args or (
              if attrs ? builder then
                [
                  "-e"
                  attrs.builder
                ]
              else
                [
                  "-ec"
                  ''if [ -e "''${NIX_ATTRS_SH_FILE-}" ]; then source "$NIX_ATTRS_SH_FILE"; fi; source "$stdenv/setup"; genericBuild''
                ]
            );
          stdenv = "${stdenv}";
          strictDeps = attrs.strictDeps or false;
          patches = attrs.patches or [ ];
          __tools = rootOf (stdenv.tools ++ debianAmong everything);
        }
        // lib.optionalAttrs stdenv.hasCC {
          # As pinned: a package that an overlay changes does not change what is built beside it.
          debianRuntime = base.pinnedClosure {
            architecture = system;
            packages = runtime;
            exclude = base.unneededBeside (map (package: package.debianName) runtime);
          };
        };
    in
    lib.extendDerivation meta.valid (
      {
        inherit name debianDependencies overrideAttrs;
        meta = meta.value;
        passthru = attrs.passthru or { };
        # Only what the inputs are, as the arguments name them.
        inherit (inputs)
          nativeBuildInputs
          buildInputs
          propagatedBuildInputs
          propagatedNativeBuildInputs
          ;
        # All that the build needs, built, and nothing of itself: for caches.
        inputDerivation = derivation (
          builtins.removeAttrs arguments [
            "outputs"
            "outputHash"
            "outputHashAlgo"
            "outputHashMode"
            "allowedReferences"
            "allowedRequisites"
            "disallowedReferences"
            "disallowedRequisites"
          ]
          // {
            name = "inputs-of-${name}";
            __structuredAttrs = false;
            args = [
              "-c"
              "export > $out"
            ];
          }
        );
      }
      // (attrs.passthru or { })
    ) (derivation arguments);

  extensible =
    function:
    let
      args = function (args // { inherit finalPackage overrideAttrs; });
      overrideAttrs =
        change:
        extensible (
          lib.extends (
            self: super:
            let
              made = if lib.isFunction change then change super else change;
            in
            # With one argument it is given the previous attributes, with two the final ones first.
            if lib.isFunction made then change self super else made
          ) function
        );
      finalPackage = simple overrideAttrs args;
    in
    finalPackage;
in
arguments:
if lib.isFunction arguments then
  extensible arguments
else
  extensible (_: arguments)
