# What is fetched: by a hash that is known before, so that it does not matter from where.
{
  lib,
  base,
  final,
}:
let
  tools = final.tools.fetch;

  # The hash of the result, given in one of the ways that nixpkgs knows.
  hashOf =
    who: arguments:
    let
      present = builtins.filter (name: arguments ? ${name}) [
        "hash"
        "sha256"
        "sha512"
        "sha1"
        "outputHash"
      ];
      known = builtins.filter (name: arguments.${name} != "") present;
      given = if known == [ ] then lib.take 1 present else known;
      name = builtins.head given;
      value = arguments.${name};
    in
    if given == [ ] then
      throw "${who}: give the result's `hash`; lib.fakeHash stands for one that is not known yet"
    else if builtins.length given > 1 then
      throw "${who}: multiple hashes passed: ${lib.concatStringsSep ", " given}"
    else if value == "" then
      lib.warn "found empty hash, assuming '${lib.fakeHash}'" {
        outputHash = lib.fakeHash;
        outputHashAlgo = null;
      }
    else if name == "outputHash" then
      {
        outputHash = value;
        outputHashAlgo = arguments.outputHashAlgo or (if lib.hasInfix "-" value then null else "sha256");
      }
    else
      {
        outputHash = value;
        outputHashAlgo = if name == "hash" then null else name;
      };

  fetched =
    kind: who: arguments: recursive: attributes:
    let
      made =
        base.builtin kind attributes.name (
          {
            outputHashMode = if recursive then "recursive" else "flat";
            preferLocalBuild = true;
            __ignoreNulls = true;
          }
          // hashOf who arguments
          // lib.optionalAttrs ((attributes.postFetch or "") != "") { inherit tools; }
          // builtins.removeAttrs attributes [
            "meta"
            "passthru"
          ]
        );
    in
    made
    // {
      meta = arguments.meta or { };
      passthru = arguments.passthru or { };
    }
    // (arguments.passthru or { });

  # A fetcher that takes its own arguments and what every fetcher takes, and refuses others.
  checked =
    who: function:
    let
      own = lib.functionArgs function;
      known = lib.unique (
        builtins.attrNames own
        ++ [
          "name"
          "pname"
          "version"
          "postFetch"
          "meta"
          "passthru"
          "hash"
          "sha256"
          "sha512"
          "sha1"
          "outputHash"
          "outputHashAlgo"
        ]
      );
    in
    lib.setFunctionArgs (
      arguments:
      let
        unknown = builtins.attrNames (builtins.removeAttrs arguments known);
      in
      lib.throwIf (unknown != [ ])
        "${who}: there is no argument ${lib.concatStringsSep ", " unknown}; there are ${lib.concatStringsSep ", " known}"
        (function arguments)
    ) own;

  nameOfUrl = url: lib.last (lib.splitString "/" (lib.head (lib.splitString "?" url)));
  fallback = arguments: other: arguments.name or (if arguments ? pname && arguments ? version then "${arguments.pname}-${arguments.version}" else other);

  fetchurl = checked "fetchurl" (
    arguments@{
      url ? "",
      urls ? [ ],
      executable ? false,
      postFetch ? "",
      recursiveHash ? false,
      downloadToTemp ? false,
      meta ? { },
      passthru ? { },
      ...
    }:
    let
      all = if urls != [ ] then urls else lib.optional (url != "") url;
    in
    if all == [ ] then
      throw "fetchurl: give `url` or `urls`"
    else
      fetched "fetch-file" "fetchurl" arguments (recursiveHash || executable) {
        name = fallback arguments (nameOfUrl (builtins.head all));
        urls = builtins.toJSON all;
        inherit executable;
        # With `downloadToTemp` the commands make $out themselves.
        postFetch = lib.optionalString downloadToTemp "rm -f $out\n" + postFetch;
      }
  );

  fetchzip = checked "fetchzip" (
    arguments@{
      url ? "",
      urls ? [ ],
      stripRoot ? true,
      postFetch ? "",
      extraPostFetch ? "",
      ...
    }:
    let
      all = if urls != [ ] then urls else lib.optional (url != "") url;
    in
    if all == [ ] then
      throw "fetchzip: give `url` or `urls`"
    else
      fetched "fetch-file" "fetchzip" arguments true {
        name = fallback arguments "source";
        urls = builtins.toJSON all;
        unpack = true;
        inherit stripRoot;
        # Commands may change the tree.
        postFetch = postFetch + extraPostFetch;
      }
      // {
        url = builtins.head all;
      }
  );

  fetchgit = checked "fetchgit" (
    arguments@{
      url,
      rev ? null,
      tag ? null,
      fetchSubmodules ? true,
      sparseCheckout ? [ ],
      rootDir ? "",
      postFetch ? "",
      leaveDotGit ? false,
      deepClone ? false,
      ...
    }:
    if leaveDotGit || deepClone then
      throw "fetchgit: leaveDotGit and deepClone are refused: what git keeps beside the files is not the same twice"
    else if rev != null && tag != null then
      throw "fetchgit: give either `rev` or `tag`"
    else
      fetched "fetch-git" "fetchgit" arguments true {
        name = fallback arguments (lib.removeSuffix ".git" (nameOfUrl url));
        inherit
          url
          fetchSubmodules
          rootDir
          postFetch
          ;
        rev =
          if tag != null then
            "refs/tags/${tag}"
          else if rev != null then
            rev
          else
            "HEAD";
        sparseCheckout = builtins.toJSON sparseCheckout;
      }
      // {
        gitRepoUrl = url;
      }
  );
in
{
  inherit
    fetchurl
    fetchzip
    fetchgit
    ;
  # The name of the builtin, for who thinks of it first.
  fetchtarball = fetchzip;
}
// import ./patch.nix { inherit lib fetchurl; }
// import ./forges.nix { inherit lib fetchzip fetchgit; }
