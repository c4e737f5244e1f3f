# `pkgs.testers`: checks of packages, as packages that are built when the check holds.
{
  lib,
  base,
  final,
}:
let
  inherit (lib.strings) sanitizeDerivationName;
  # Another name for each way of fetching, so that what an earlier way fetched does not do.
  salted = name: drv: "${name}-salted-${builtins.substring 0 12 (baseNameOf (builtins.unsafeDiscardStringContext drv.drvPath))}";
in
{
  testers = rec {
    # A package whose build must fail: $out has `testBuildFailure.log`, `testBuildFailure.exit`, and
    # in `result` what the build had left of its first output.
    testBuildFailure =
      drv:
      drv.overrideAttrs {
        args = [
          ./expect-failure.sh
          drv.builder
        ]
        ++ drv.args;
      };

    testBuildFailure' =
      {
        drv,
        name ? "testBuildFailure-${drv.name}",
        expectedBuilderExitCode ? 1,
        expectedBuilderLogEntries ? [ ],
        script ? "",
      }:
      final.runCommandLocal name { failed = testBuildFailure drv; } ''
        status=$(cat "$failed/testBuildFailure.exit")
        if [ "$status" != ${toString expectedBuilderExitCode} ]; then
          echo "the builder's exit status is $status; ${toString expectedBuilderExitCode} was expected" >&2
          exit 1
        fi
        for entry in ${lib.escapeShellArgs expectedBuilderLogEntries}; do
          if ! grep -qF -- "$entry" "$failed/testBuildFailure.log"; then
            echo "the builder's log has no '$entry':" >&2
            cat "$failed/testBuildFailure.log" >&2
            exit 1
          fi
        done
        ${script}
        touch $out
      '';

    testEqualContents =
      {
        assertion,
        actual,
        expected,
        postFailureMessage ? null,
        checkMetadata ? true,
      }:
      final.runCommandLocal "equal-contents-${sanitizeDerivationName (lib.toLower assertion)}"
        {
          inherit assertion actual expected;
          postFailureMessage = lib.optionalString (postFailureMessage != null) postFailureMessage;
        }
        ''
          echo "Checking: $assertion"
          failed() {
            echo "Contents must be equal, but were not: -: $expected, +: $actual" >&2
            [ -z "$postFailureMessage" ] || echo "$postFailureMessage" >&2
            exit 1
          }
          diff -U5 -r --no-dereference "$expected" "$actual" || failed
          ${lib.optionalString checkMetadata ''
            modes() { cd / && find "$1" -printf '%y %m %P\n' | sort; }
            diff -U5 <(modes "$expected") <(modes "$actual") || failed
          ''}
          touch $out
        '';

    # One package must be made as another is.
    testEqualDerivation =
      assertion: a: b:
      let
        told = builtins.unsafeDiscardStringContext "${a.drvPath} is not ${b.drvPath}";
      in
      if a.drvPath == b.drvPath then
        final.emptyFile
      else
        final.runCommandLocal "equal-derivation" { inherit assertion told; } ''
          echo "$assertion" >&2
          echo "$told" >&2
          exit 1
        '';

    # What a program prints has its version, as a word.
    testVersion =
      {
        package,
        command ? "${package.meta.mainProgram or package.pname or (lib.getName package)} --version",
        version ? package.version,
      }:
      final.runCommandLocal "${package.name}-test-version"
        {
          nativeBuildInputs = [ package ];
          inherit version;
          meta.timeout = 60;
        }
        ''
          if told=$({ ${command}; } 2>&1) && grep -qFw -- "$version" <<< "$told"; then
            touch $out
          else
            echo ${lib.escapeShellArg command}" told no version $version:" >&2
            echo "$told" >&2
            exit 1
          fi
        '';

    # Fetched again whenever the fetcher is another.
    invalidateFetcherByDrvHash =
      fetcher: arguments:
      let
        drv = fetcher arguments;
      in
      fetcher (arguments // { name = salted (arguments.name or "source") drv; });

    # Commands with the network, run again whenever they are others. Their output is known before.
    runCommand =
      arguments@{
        name,
        script,
        stdenv ? final.stdenvNoCC,
        hash ? final.emptyFile.outputHash,
        ...
      }:
      let
        run =
          name:
          final.runCommandWith {
            inherit name stdenv;
            derivationArgs = {
              outputHash = hash;
              outputHashMode = "recursive";
            }
            // builtins.removeAttrs arguments [
              "name"
              "script"
              "stdenv"
              "hash"
            ];
          } script;
      in
      run (salted name (run name));

    shellcheck =
      {
        name ? null,
        src,
      }:
      final.runCommandLocal (if name == null then "run-shellcheck" else "shellcheck-${name}")
        {
          inherit src;
          nativeBuildInputs = [ base.buildPackages.shellcheck ];
        }
        ''
          find "$src" -type f -print0 | xargs -0 shellcheck
          touch $out
        '';

    # Who builds against the package finds its modules by pkg-config.
    hasPkgConfigModules =
      {
        package,
        moduleNames ? package.meta.pkgConfigModules,
        version ? package.version,
        versionCheck ? false,
      }:
      final.runCommandLocal "check-pkg-config-${lib.concatStringsSep "-" moduleNames}"
        {
          nativeBuildInputs = [ base.buildPackages.pkgconf ];
          buildInputs = [ package ];
          inherit moduleNames version;
        }
        ''
          for module in $moduleNames; do
            echo "checking pkg-config module $module"
            pkg-config --exists --print-errors "$module"
            found=$(pkg-config --modversion "$module")
            echo "version $found"
            ${lib.optionalString versionCheck ''
              if [ "$found" != "$version" ]; then
                echo "its version is not $version" >&2
                exit 1
              fi
            ''}
          done
          touch $out
        '';
  };
}
