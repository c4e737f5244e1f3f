# Texts and scripts as packages.
{
  lib,
  base,
  final,
}:
let
  inherit (base) tree;
  # The shell as Debian's machines have it; a script of the store is run by /bin/bash everywhere.
  runtimeShell = "/bin/bash";
  shebang = "#!${runtimeShell}\n";
in
rec {
  inherit runtimeShell;

  # writeTextFile: a file, at the top of the output or at `destination` in it. With a check or meta
  # it is built in the sandbox, else by the builder itself.
  writeTextFile =
    {
      name ? "${pname}-${version}",
      pname ? throw "writeTextFile: give `name`, or `pname` and `version`",
      version ? throw "writeTextFile: `pname` is given without `version`",
      text,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
      passthru ? { },
      allowSubstitutes ? false,
      preferLocalBuild ? true,
      derivationArgs ? { },
    }:
    let
      place = lib.removePrefix "/" destination;
      named = lib.optionalAttrs (executable && lib.hasPrefix "bin/" place) { mainProgram = baseNameOf place; } // meta;
    in
    if checkPhase == "" && derivationArgs == { } && !allowSubstitutes && preferLocalBuild then
      tree name { ${place} = { inherit text executable; }; }
      // lib.optionalAttrs (passthru != { }) (passthru // { inherit passthru; })
      // lib.optionalAttrs (named != { }) { meta = named; }
    else
      final.runCommandLocal name (
        {
          inherit
            text
            passthru
            allowSubstitutes
            preferLocalBuild
            ;
          meta = named;
          passAsFile = [ "text" ] ++ derivationArgs.passAsFile or [ ];
          destination = lib.optionalString (place != "") "/${place}";
        }
        // builtins.removeAttrs derivationArgs [ "passAsFile" ]
      ) ''
        target=$out$destination
        mkdir -p "$(dirname "$target")"
        if [ -e "''${textPath-}" ]; then
          cp "$textPath" "$target"
        else
          printf '%s' "$text" > "$target"
        fi
        ${lib.optionalString executable ''chmod +x "$target"''}
        ${checkPhase}
      '';

  writeText = name: text: writeTextFile { inherit name text; };

  writeTextDir =
    path: text:
    writeTextFile {
      name = baseNameOf path;
      destination = path;
      inherit text;
    };

  writeScript =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
    };

  writeScriptBin =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
      destination = "bin/${name}";
    };

  writeShellScript = name: text: writeScript name (shebang + text);

  writeShellScriptBin = name: text: writeScriptBin name (shebang + text);

  # writeShellApplication: checked by bash and by shellcheck; its `runtimeInputs` are first on PATH.
  # Debian's among them are in the machine's /usr, which is on every PATH.
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
      runtimeEnv ? null,
      meta ? { },
      passthru ? { },
      checkPhase ? null,
      excludeShellChecks ? [ ],
      extraShellCheckFlags ? [ ],
      bashOptions ? [
        "errexit"
        "nounset"
        "pipefail"
      ],
      derivationArgs ? { },
      inheritPath ? true,
    }:
    let
      ours = builtins.filter (input: !base.isDebian input) runtimeInputs;
      path = lib.makeBinPath ours + lib.optionalString (lib.any base.isDebian runtimeInputs || ours == [ ]) "${lib.optionalString (ours != [ ]) ":"}/usr/bin:/usr/sbin";
      excluded = lib.optionals (excludeShellChecks != [ ]) [
        "--exclude"
        (lib.concatStringsSep "," excludeShellChecks)
      ];
    in
    writeTextFile {
      inherit name meta passthru;
      executable = true;
      destination = "/bin/${name}";
      text =
        shebang
        + lib.concatMapStrings (option: "set -o ${option}\n") bashOptions
        + lib.optionalString (runtimeEnv != null) (
          lib.concatStrings (
            lib.mapAttrsToList (variable: value: ''
              ${lib.toShellVar variable value}
              export ${variable}
            '') runtimeEnv
          )
        )
        + lib.optionalString (runtimeInputs != [ ]) (
          if inheritPath then ''
            export PATH="${path}:$PATH"
          '' else ''
            export PATH="${path}"
          ''
        )
        + "\n${text}\n";
      checkPhase =
        if checkPhase != null then
          checkPhase
        else
          ''
            bash -n -O extglob "$target"
            shellcheck ${lib.escapeShellArgs (excluded ++ extraShellCheckFlags)} "$target"
          '';
      derivationArgs = derivationArgs // {
        nativeBuildInputs = (derivationArgs.nativeBuildInputs or [ ]) ++ [ base.buildPackages.shellcheck ];
        debianDependencies =
          (derivationArgs.debianDependencies or [ ])
          ++ base.neededOfDebian runtimeInputs;
      };
    };

  # concatTextFile: files, one after the other; the rest as writeTextFile has it.
  concatTextFile =
    {
      name,
      files,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
      passthru ? { },
    }:
    final.runCommandLocal name { inherit files destination meta passthru; } ''
      target=$out$destination
      mkdir -p "$(dirname "$target")"
      cat -- $files > "$target"
      ${lib.optionalString executable ''chmod +x "$target"''}
      ${checkPhase}
    '';
  concatText = name: files: concatTextFile { inherit name files; };
  concatScript =
    name: files:
    concatTextFile {
      inherit name files;
      executable = true;
    };

  # replaceVarsWith: a file with each @name@ of the set replaced; null leaves it as it is. Every
  # name must be there, and no other may be left. The rest is given to mkDerivation.
  replaceVarsWith =
    arguments@{
      src,
      replacements,
      dir ? null,
      isExecutable ? null,
      ...
    }:
    let
      known = lib.filterAttrs (_: value: value != null) replacements;
      kept = builtins.attrNames (lib.filterAttrs (_: value: value == null) replacements);
      name = arguments.name or (builtins.unsafeDiscardStringContext (baseNameOf (toString src)));
    in
    final.runCommandLocal name
      (builtins.removeAttrs arguments [
        "replacements"
        "dir"
        "isExecutable"
      ])
      ''
        target=$out${lib.optionalString (dir != null) "/${dir}/${name}"}
        mkdir -p "$(dirname "$target")"
        substitute "$src" "$target" ${
          lib.concatStringsSep " " (
            lib.mapAttrsToList (name: value: "--replace-fail ${lib.escapeShellArgs [ "@${name}@" "${toString value}" ]}") known
          )
        }
        for name in ${lib.escapeShellArgs kept}; do
          grep -qF "@$name@" "$target" || { echo "replaceVars: '$src' has no @$name@" >&2; exit 1; }
        done
        left=$(grep -oE '@[a-zA-Z_][0-9A-Za-z_'"'"'-]*@' "$target" | sort -u) || true
        for name in $left; do
          case " ${lib.concatMapStringsSep " " (name: "@${name}@") kept} " in
            *" $name "*) ;;
            *) echo "replaceVars: nothing says what $name in '$src' is" >&2; exit 1 ;;
          esac
        done
        ${
          if isExecutable == null then
            ''if [ -x "$src" ]; then chmod +x "$target"; fi''
          else
            ''chmod ${if isExecutable then "+" else "-"}x "$target"''
        }
      '';
  replaceVars = src: replacements: replaceVarsWith { inherit src replacements; };

  # substituteAll: the same of the variables given beside `src`; those not there are no error.
  substituteAll =
    arguments:
    final.stdenvNoCC.mkDerivation (
      {
        name =
          if arguments ? pname then
            "${arguments.pname}-${arguments.version}"
          else
            arguments.name or (builtins.unsafeDiscardStringContext (baseNameOf (toString arguments.src)));
        buildCommand = ''
          target=$out
          if [ -n "''${dir-}" ]; then
            target=$out/$dir/$name
            mkdir -p "$out/$dir"
          fi
          substituteAll "$src" "$target"
          if [ -n "''${isExecutable-}" ]; then chmod +x "$target"; fi
        '';
      }
      // arguments
    );
}
