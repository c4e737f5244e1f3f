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

  nameOfUrl = url: lib.last (lib.splitString "/" (lib.head (lib.splitString "?" url)));
  fallback = arguments: other: arguments.name or (if arguments ? pname && arguments ? version then "${arguments.pname}-${arguments.version}" else other);

  # Where the forges are that a function is named after.
  hosts = {
    github = "github.com";
    gitlab = "gitlab.com";
    sourcehut = "sr.ht";
  };

  # A forge's archive of a commit, or the repository itself where an archive does not do.
  forge =
    who: urls: arguments@{
      owner,
      repo,
      rev ? null,
      tag ? null,
      name ? "source",
      fetchSubmodules ? false,
      leaveDotGit ? false,
      deepClone ? false,
      forceFetchGit ? false,
      sparseCheckout ? [ ],
      rootDir ? "",
      ...
    }:
    let
      wanted =
        if (rev == null) == (tag == null) then
          throw "${who}: give either `rev` or `tag`"
        else if tag != null then
          "refs/tags/${tag}"
        else
          rev;
      found = urls arguments wanted;
      byGit = fetchSubmodules || forceFetchGit || leaveDotGit || deepClone || sparseCheckout != [ ] || rootDir != "";
      more = builtins.removeAttrs arguments [
        "owner"
        "repo"
        "rev"
        "tag"
        "domain"
        "githubBase"
        "protocol"
        "group"
        "vc"
        "fetchSubmodules"
        "leaveDotGit"
        "deepClone"
        "forceFetchGit"
        "sparseCheckout"
        "rootDir"
      ];
    in
    (
      if byGit then
        fetchgit (
          more
          // {
            inherit
              name
              fetchSubmodules
              leaveDotGit
              deepClone
              sparseCheckout
              rootDir
              ;
            url = found.repository;
            rev = wanted;
          }
        )
      else
        fetchzip (
          more
          // {
            inherit name;
            url = found.archive;
          }
        )
    )
    // {
      inherit owner repo;
      rev = wanted;
      inherit tag;
      gitRepoUrl = found.repository;
    };

  fetchurl =
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
      unknown = builtins.attrNames (
        builtins.removeAttrs arguments [
          "url"
          "urls"
          "name"
          "pname"
          "version"
          "executable"
          "postFetch"
          "recursiveHash"
          "downloadToTemp"
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
    if all == [ ] then
      throw "fetchurl: give `url` or `urls`"
    else if unknown != [ ] then
      throw "fetchurl: there is no argument ${lib.concatStringsSep ", " unknown}"
    else
      fetched "fetch-file" "fetchurl" arguments (recursiveHash || executable) {
        name = fallback arguments (nameOfUrl (builtins.head all));
        urls = builtins.toJSON all;
        inherit executable;
        # With `downloadToTemp` the commands make $out themselves.
        postFetch = lib.optionalString downloadToTemp "rm -f $out\n" + postFetch;
      };

  fetchzip =
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
      };

  fetchgit =
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
      };

  # A patch, without what changes whenever it is asked for: order, and git's own lines, which
  # fetchpatch2 keeps since they tell of renamed and empty files.
  patchFetcher =
    withGitLines: arguments@{
      relative ? null,
      stripLen ? 0,
      decode ? "cat",
      extraPrefix ? null,
      excludes ? [ ],
      includes ? [ ],
      revert ? false,
      postFetch ? "",
      ...
    }:
    let
      strip = stripLen + (if relative == null then 0 else lib.count (part: part != "") (lib.splitString "/" relative) + 1);
      prefix =
        if relative != null && extraPrefix == null then
          ""
        else
          extraPrefix;
      only = if relative == null then "*" else "[ab]/${lib.removeSuffix "/" relative}/*";
    in
    if excludes != [ ] && includes != [ ] then
      throw "fetchpatch: `excludes` and `includes` cannot be used together"
    else
      fetchurl (
        builtins.removeAttrs arguments [
          "relative"
          "stripLen"
          "decode"
          "extraPrefix"
          "excludes"
          "includes"
          "revert"
        ]
        // {
          postFetch =
            ''
              made=$TMPDIR/made
              ${decode} < "$downloadedFile" > "$TMPDIR/patch"
              [ -s "$TMPDIR/patch" ] || { echo "error: the fetched patch is empty" >&2; exit 1; }
              lsdiff "$TMPDIR/patch" | sort -u | sed -e 's/[*?]/\\&/g' | while IFS= read -r file; do
                filterdiff --include="$file" "$TMPDIR/patch" |
                  filterdiff --include=${lib.escapeShellArg only} --strip=${toString strip} ${
                    lib.optionalString (prefix != null) "--addoldprefix=a/${prefix} --addnewprefix=b/${prefix}"
                  } --clean
              done ${
                # No line of a hunk begins so.
                lib.optionalString (!withGitLines) "| sed -E '/^(diff|index|similarity|dissimilarity|rename|copy|old mode|new mode|new file|deleted file) /d'"
              } > "$made"
              [ -s "$made" ] || { echo "error: nothing is left of the patch; do relative, stripLen and the like fit it?" >&2; exit 1; }
              filterdiff -p1 ${
                lib.concatStringsSep " " (
                  map (name: "-x ${lib.escapeShellArg name}") excludes ++ map (name: "-i ${lib.escapeShellArg name}") includes
                )
              } "$made" > "$out"
              [ -s "$out" ] || { echo "error: excludes or includes leave nothing of the patch" >&2; exit 1; }
            ''
            + lib.optionalString revert ''
              interdiff "$out" /dev/null > "$made"
              cp "$made" "$out"
            ''
            + postFetch;
        }
      );

  gitea =
    arguments: rev:
    let
      repository = "https://${arguments.domain}/${arguments.owner}/${arguments.repo}";
    in
    {
      repository = "${repository}.git";
      archive = "${repository}/archive/${lib.removePrefix "refs/tags/" rev}.tar.gz";
    };
in
{
  inherit
    fetchurl
    fetchzip
    fetchgit
    ;
  fetchpatch = patchFetcher false;
  fetchpatch2 = patchFetcher true;
  # The name of the builtin, for who thinks of it first.
  fetchtarball = fetchzip;

  fetchFromGitHub = forge "fetchFromGitHub" (
    { owner, repo, githubBase ? hosts.github, ... }:
    rev:
    let
      repository = "https://${githubBase}/${owner}/${repo}";
    in
    {
      repository = "${repository}.git";
      archive = "${repository}/archive/${rev}.tar.gz";
    }
  );

  fetchFromGitLab = forge "fetchFromGitLab" (
    {
      owner,
      repo,
      domain ? hosts.gitlab,
      protocol ? "https",
      group ? null,
      ...
    }:
    rev:
    let
      slug = lib.concatStringsSep "/" (lib.optional (group != null) group ++ [ owner repo ]);
      quoted = builtins.replaceStrings [ "." "/" ] [ "%2E" "%2F" ];
    in
    {
      repository = "${protocol}://${domain}/${slug}.git";
      archive = "${protocol}://${domain}/api/v4/projects/${quoted slug}/repository/archive.tar.gz?sha=${quoted rev}";
    }
  );

  fetchFromSourcehut = forge "fetchFromSourcehut" (
    {
      owner,
      repo,
      domain ? hosts.sourcehut,
      vc ? "git",
      ...
    }:
    rev:
    let
      repository = "https://${vc}.${domain}/${owner}/${repo}";
    in
    {
      inherit repository;
      archive = "${repository}/archive/${lib.removePrefix "refs/tags/" rev}.tar.gz";
    }
  );

  fetchFromGitea = forge "fetchFromGitea" gitea;
  fetchFromForgejo = forge "fetchFromForgejo" gitea;
}
