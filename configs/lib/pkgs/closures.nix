# What a closure holds, as files; fewer references; and outputs that hold nothing.
{
  lib,
  base,
  final,
}:
let
  # A builder that reads the closure of some paths at $NIX_ATTRS_JSON_FILE, under `closure`.
  overClosure =
    name: paths: buildCommand:
    final.stdenvNoCC.mkDerivation {
      inherit name buildCommand;
      __structuredAttrs = true;
      exportReferencesGraph.closure = paths;
      preferLocalBuild = true;
      nativeBuildInputs = [ base.buildPackages.jq ];
    };

  # A fixed output, the same wherever it is built.
  fixed =
    name: outputHash: command:
    final.runCommandLocal name {
      inherit outputHash;
      outputHashAlgo = "sha256";
      outputHashMode = "recursive";
    } command;
in
{
  # writeClosure: paths -> a file with all that they need, a path a line.
  writeClosure =
    paths:
    overClosure "runtime-deps" (lib.toList paths) ''
      jq -r '.closure | map(.path) | sort | .[]' "$NIX_ATTRS_JSON_FILE" > $out
    '';

  # closureInfo: a folder with `store-paths`, `total-nar-size` (bytes), and `registration`, which
  # `nix-store --load-db` reads.
  closureInfo =
    { rootPaths }:
    if rootPaths == [ ] then
      final.runCommandLocal "closure-info" { } ''
        mkdir $out
        touch $out/registration $out/store-paths
        echo 0 > $out/total-nar-size
      ''
    else
      overClosure "closure-info" rootPaths ''
        mkdir $out
        ask() { jq -r ".closure | $1" "$NIX_ATTRS_JSON_FILE"; }
        ask 'map(.narSize) | add' > $out/total-nar-size
        ask '.[] | .path, .narHash, .narSize, "", (.references | length), .references[]' > $out/registration
        ask '.[].path' > $out/store-paths
      '';

  # writeDirectReferencesToFile: path -> a file with what it refers to itself, a path a line.
  writeDirectReferencesToFile =
    path:
    overClosure "runtime-references" [ path ] ''
      jq -r --arg path "${path}" '.closure[] | select(.path == $path) | .references | sort | .[]' \
        "$NIX_ATTRS_JSON_FILE" > $out
    '';

  # remove-references-to -t PATH... FILE...: the files refer to these paths no more.
  removeReferencesTo = final.writeScriptBin "remove-references-to" (
    "#!${final.runtimeShell}\n" + builtins.readFile ./remove-references-to.sh
  );

  emptyFile = fixed "empty-file" "sha256-d6xi4mKdjkX2JFicDIv5niSzpyI0m/Hnm8GGAIU04kY=" "touch $out";
  emptyDirectory =
    fixed "empty-directory" "sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo=" "mkdir $out";
}
