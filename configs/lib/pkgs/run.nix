# Commands in the sandbox, and trees put together of others.
{
  lib,
  base,
  final,
}:
let
  inherit (base)
    tree
    isDebian
    usrOf
    neededOfDebian
    ;
  nameOf =
    who: arguments:
    arguments.name or (
      if arguments ? pname && arguments ? version then
        "${arguments.pname}-${arguments.version}"
      else
        throw "${who}: give `name`, or `pname` and `version`"
    );
  run =
    stdenv: more: name: attributes: buildCommand:
    stdenv.mkDerivation (
      {
        enableParallelBuilding = true;
        inherit buildCommand name;
        passAsFile = [ "buildCommand" ] ++ attributes.passAsFile or [ ];
      }
      // more
      // builtins.removeAttrs attributes [ "passAsFile" ]
    );
  local = {
    preferLocalBuild = true;
    allowSubstitutes = false;
  };
  # Of what is not built.
  sourcePhases = [
    "unpackPhase"
    "patchPhase"
    "installPhase"
  ];
in
rec {
  runCommandWith =
    {
      stdenv ? final.stdenvNoCC,
      runLocal ? false,
      derivationArgs ? { },
      name,
    }:
    run stdenv (lib.optionalAttrs runLocal local) name derivationArgs;
  runCommand = run final.stdenvNoCC { };
  runCommandLocal = run final.stdenvNoCC local;
  runCommandCC = run final.stdenv { };

  # Names to paths, as links; a list of { name, path } too.
  linkFarm =
    name: entries:
    let
      all =
        if lib.isAttrs entries then
          entries
        else if lib.isList entries then
          # The last of the same name counts.
          builtins.listToAttrs (map (e: lib.nameValuePair e.name e.path) (lib.reverseList entries))
        else
          throw "linkFarm: the entries are a ${builtins.typeOf entries}; give a set, or a list of { name, path }";
    in
    tree name (builtins.mapAttrs (_: path: { link = "${path}"; }) all) // {
      entries = all;
      passthru.entries = all;
    };

  linkFarmFromDrvs = name: drvs: linkFarm name (map (drv: { inherit (drv) name; path = drv; }) drvs);

  symlinkJoin =
    arguments@{
      paths,
      stripPrefix ? "",
      # A path of ours that is no folder is a mistake, unless only a part of it is wanted.
      failOnMissing ? stripPrefix == "",
      postBuild ? "",
      meta ? { },
      passthru ? { },
      ...
    }:
    runCommandLocal (nameOf "symlinkJoin" arguments)
      (
        builtins.removeAttrs arguments [
          "failOnMissing"
          "name"
          "postBuild"
        ]
        // {
          inherit meta passthru;
          paths = map (path: "${usrOf path}${stripPrefix}") (lib.flatten paths);
          needed = map (path: "${path}${stripPrefix}") (
            lib.optionals failOnMissing (builtins.filter (path: !isDebian path) (lib.flatten paths))
          );
          passAsFile = [
            "needed"
            "paths"
          ];
          debianDependencies = neededOfDebian (builtins.filter lib.isAttrs (lib.flatten paths));
        }
      )
      ''
        mkdir -p $out
        for path in $(cat "$pathsPath"); do
          if [ ! -d "$path" ]; then
            case " $(cat "$neededPath") " in
              *" $path "*) echo "symlinkJoin: '$path' is no folder" >&2; exit 1 ;;
            esac
            continue
          fi
          (cd "$path" && find . -type d -print0) | (cd "$out" && xargs -0 mkdir -p --)
          # The first that has a file gives it.
          (cd "$path" && find . ! -type d -print0) | while IFS= read -r -d "" file; do
            if [ -L "$path/$file" ]; then
              [ -e "$out/$file" ] || [ -L "$out/$file" ] || cp -d "$path/$file" "$out/$file"
            else
              [ -e "$out/$file" ] || [ -L "$out/$file" ] || ln -s "$path/''${file#./}" "$out/$file"
            fi
          done
        done
        ${postBuild}
      '';

  buildEnv =
    lib.makeOverridable (
      arguments@{
        paths,
        manifest ? "",
        ignoreCollisions ? false,
        checkCollisionContents ? true,
        pathsToLink ? [ "/" ],
        extraOutputsToInstall ? [ ],
        extraPrefix ? "",
        nativeBuildInputs ? [ ],
        buildInputs ? [ ],
        postBuild ? "",
        passthru ? { },
        meta ? { },
        derivationArgs ? { },
        name ? null,
        pname ? null,
        version ? null,
      }:
      let
        chosen =
          path:
          let
            wanted =
              if path.outputSpecified or false then
                [ path.outputName ]
              else if isDebian path then
                [ "out" ]
              else
                lib.unique ((path.meta.outputsToInstall or [ "out" ]) ++ extraOutputsToInstall);
          in
          if lib.isDerivation path then
            {
              paths = map (output: usrOf (if isDebian path then path else path.${output})) (
                builtins.filter (output: path ? ${output}) wanted
              );
              priority = path.meta.priority or lib.meta.defaultPriority;
            }
          else
            {
              paths = [ "${path}" ];
              priority = lib.meta.defaultPriority;
            };
      in
      run final.stdenvNoCC local (nameOf "buildEnv" arguments)
        (derivationArgs // {
          inherit
            manifest
            buildInputs
            passthru
            meta
            ;
          spec = builtins.toJSON {
            inherit
              ignoreCollisions
              checkCollisionContents
              pathsToLink
              extraPrefix
              ;
            packages = map chosen (lib.flatten paths);
          };
          passAsFile = [ "spec" ] ++ derivationArgs.passAsFile or [ ];
          nativeBuildInputs = nativeBuildInputs ++ [ base.buildPackages.python3-minimal ];
          debianDependencies = neededOfDebian (builtins.filter lib.isAttrs (lib.flatten paths));
        })
        ''
          python3 -B ${./build-env.py} "$specPath" "$out"
          if [ -n "$manifest" ]; then ln -s "$manifest" "$out/manifest"; fi
          ${postBuild}
        ''
    );

  # A source as it is when it is unpacked and patched.
  srcOnly =
    arguments:
    let
      changes = {
        phases = sourcePhases;
        name = "${nameOf "srcOnly" arguments}-source";
        installPhase = "cp -pr --reflink=auto -- . $out";
        outputs = [ "out" ];
      };
    in
    if arguments ? overrideAttrs then
      arguments.overrideAttrs changes
    else
      (arguments.stdenv or final.stdenvNoCC).mkDerivation (builtins.removeAttrs arguments [ "stdenv" ] // changes);

  applyPatches =
    arguments@{
      src,
      patches ? [ ],
      prePatch ? "",
      postPatch ? "",
      ...
    }:
    final.stdenvNoCC.mkDerivation (
      local
      // {
        phases = sourcePhases;
        name = "${src.name or (baseNameOf (toString src))}-patched";
        installPhase = "cp -R -- ./ $out";
      }
      // arguments
    );
}
