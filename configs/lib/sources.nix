# Which files of a folder belong to a source.
{ lib }:
let
  inherit (builtins) match pathExists readFile;
  inherit (lib.filesystem) pathIsDirectory pathIsRegularFile;
  inherit (lib.strings)
    fileContents
    hasPrefix
    hasSuffix
    removePrefix
    splitString
    ;

  # A source as its first folder, all filters and a name.
  opened =
    src:
    if src ? _isLibCleanSourceWith then
      src
    else
      {
        origSrc = src;
        filter = _: _: true;
        name = "source";
      };
in
rec {
  /**
    A predicate for `cleanSourceWith`: false for what version control, editors and builds leave behind.

    Type: cleanSourceFilter :: String -> String -> Bool

    Example:
      [ (cleanSourceFilter "/a/.git" "directory") (cleanSourceFilter "/a/b.c~" "regular") (cleanSourceFilter "/a/b.c" "regular") ]
      => [ false false true ]
  */
  cleanSourceFilter =
    path: type:
    let
      name = baseNameOf (toString path);
      versionControl = [
        ".svn"
        "CVS"
        ".hg"
        ".jj"
        ".pijul"
        "_darcs"
      ];
    in
    !(
      name == ".git"
      || (type == "directory" && builtins.elem name versionControl)
      || hasSuffix "~" name
      || match "\\.sw[a-z]" name != null
      || match "\\..*\\.sw[a-z]" name != null
      || hasSuffix ".o" name
      || hasSuffix ".so" name
      || (type == "symlink" && hasPrefix "result" name)
      || type == "unknown"
    );

  /**
    A source without what `cleanSourceFilter` leaves out.

    Type: cleanSource :: Path -> Source

    Example:
      (cleanSource ./.).name
      => "source"
  */
  cleanSource =
    src:
    cleanSourceWith {
      filter = cleanSourceFilter;
      inherit src;
    };

  /**
    A folder in the store with only what a predicate (of path and type) keeps. Sources of sources
    keep what all predicates keep.

    Type: cleanSourceWith :: { src; filter ? (_: _: true); name ? "source"; } -> Source

    Example:
      (cleanSourceWith { src = cleanSource ./.; filter = path: type: type == "directory"; name = "x"; }).name
      => "x"
  */
  cleanSourceWith =
    {
      src,
      filter ? _: _: true,
      name ? null,
    }:
    let
      inner = opened src;
      both = path: type: filter path type && inner.filter path type;
      called = if name != null then name else inner.name;
    in
    {
      _isLibCleanSourceWith = true;
      inherit (inner) origSrc;
      filter = both;
      name = called;
      outPath = builtins.path {
        path = inner.origSrc;
        filter = both;
        name = called;
      };
    };

  /**
    A source that traces each file and folder that is asked for, and whether it is kept.

    Type: trace :: Source -> Source

    Example:
      (sources.trace ./.).name
      => "source"
  */
  trace =
    src:
    let
      inner = opened src;
      filter =
        path: type:
        let
          kept = inner.filter path type;
        in
        builtins.trace "${lib.generators.toPretty { } inner.origSrc}.filter ${path} = ${lib.trivial.boolToString kept}" kept;
    in
    cleanSourceWith {
      src = inner.origSrc;
      inherit filter;
      inherit (inner) name;
    };

  /**
    A source with what matches one of some regular expressions, by its path below the folder.
    Folders on the way must match too.

    Type: sourceByRegex :: Path -> [String] -> Source

    Example:
      (sourceByRegex ./. [ ".*\\.nix" ]).filter (toString ./cli.nix) "regular"
      => true
  */
  sourceByRegex =
    src: regexes:
    let
      root = toString (opened src).origSrc;
    in
    cleanSourceWith {
      inherit src;
      filter =
        path: _:
        let
          below = removePrefix (root + "/") (toString path);
        in
        builtins.any (regex: match regex below != null) regexes;
    };

  /**
    A source with all folders, and the files whose names end with one of some suffixes.

    Type: sourceFilesBySuffices :: Path -> [String] -> Source

    Example:
      map (name: (sourceFilesBySuffices ./. [ ".nix" ]).filter name "regular") [ "/a/b.nix" "/a/b.c" ]
      => [ true false ]
  */
  sourceFilesBySuffices =
    src: suffixes:
    cleanSourceWith {
      inherit src;
      filter =
        path: type:
        type == "directory" || builtins.any (suffix: hasSuffix suffix (baseNameOf path)) suffixes;
    };

  /**
    Whether a value's text depends on something in the store.

    Type: pathHasContext :: Any -> Bool

    Example:
      map pathHasContext [ "/a" "${builtins.toFile "x" ""}" ]
      => [ false true ]
  */
  pathHasContext = builtins.hasContext;

  /**
    Whether `cleanSource` can be used: not on what comes from the store.

    Type: canCleanSource :: Any -> Bool

    Example:
      map canCleanSource [ ./. (cleanSource ./.) ]
      => [ true true ]
  */
  canCleanSource = src: src ? _isLibCleanSourceWith || !(pathHasContext (toString src));

  /**
    Whether a path is (or holds) the `.git` of a repository whose commit can be read.

    Type: pathIsGitRepo :: Path -> Bool

    Example:
      pathIsGitRepo ./.
      => false
  */
  pathIsGitRepo = path: commitIdOf path ? value;

  /**
    The commit that a repository (its `.git`) is at.

    Type: commitIdFromGitRepo :: Path -> String

    Example:
      commitIdFromGitRepo ./.
      => error: Not a .git directory
  */
  commitIdFromGitRepo =
    path:
    let
      found = commitIdOf path;
    in
    found.value or (throw found.error);

  # `{ value }` or `{ error }`.
  commitIdOf =
    path:
    let
      resolve = base: name: if hasPrefix "/" name then /. + name else base + "/${name}";
      # The commit of a reference (or the commit itself) below the folder of a repository.
      look =
        gitDir: reference:
        let
          common =
            if pathIsRegularFile (gitDir + "/commondir") then
              resolve gitDir (fileContents (gitDir + "/commondir"))
            else
              gitDir;
          loose = builtins.filter pathIsRegularFile [
            (gitDir + "/${reference}")
            (common + "/${reference}")
          ];
          packed = common + "/packed-refs";
          lines = if pathIsRegularFile packed then splitString "\n" (readFile packed) else [ ];
          listed = builtins.filter (l: l != null) (
            map (match "([0-9a-f]+) ${lib.strings.escapeRegex reference}") lines
          );
        in
        if loose != [ ] then
          follow gitDir (fileContents (builtins.head loose))
        else if listed != [ ] then
          { value = builtins.head (builtins.head listed); }
        else
          { error = "Not a .git directory: ${toString path}"; };
      follow =
        gitDir: text:
        let
          reference = match "ref: (.*)" text;
        in
        if reference == null then { value = text; } else look gitDir (builtins.head reference);
      pointer = match "gitdir: (.*)" (fileContents path);
    in
    if pathIsRegularFile path then
      if pointer == null then
        { error = "File contains no gitdir reference: ${toString path}"; }
      else
        look (resolve (dirOf path) (builtins.head pointer)) "HEAD"
    else if pathIsDirectory path && pathExists (path + "/HEAD") then
      look path "HEAD"
    else
      { error = "Not a .git directory: ${toString path}"; };

  /**
    A revision as part of a name: the first digits of a hash, the number of a tag that ends with a
    version, anything else as it is; without the folders before it.

    Type: shortRev :: String -> String

    Example:
      map sources.shortRev [ "e8c38b73aeb218e27163376a2d617e61a2ad9b59" "v1.2" "refs/tags/release-1.3" "main" ]
      => [ "e8c38b7" "1.2" "1.3" "main" ]
  */
  shortRev =
    rev:
    let
      base = baseNameOf (toString rev);
      version = match "([A-Za-z]+[-_. ]?)*(v)?([0-9.]+.*)" base;
    in
    if match "[a-f0-9]+" base != null then
      builtins.substring 0 7 base
    else if version != null then
      lib.lists.last version
    else
      base;

  /**
    The tag, else the revision, else "HEAD"; null is none.

    Type: revOrTag :: (String | null) -> (String | null) -> String

    Example:
      [ (revOrTag "abc" "v1") (revOrTag "abc" null) (revOrTag null null) ]
      => [ "v1" "abc" "HEAD" ]
  */
  revOrTag =
    rev: tag:
    if tag != null then
      tag
    else if rev != null then
      rev
    else
      "HEAD";

  /**
    The name in the store for a revision of a repository, of one of three kinds: "source" is always
    that word, "versioned" has the repository and the revision, "full" a word of the caller's too.
    The function that it gives takes the repository, the revision and that word; null is left out.

    Type: repoRevToName :: ("source" | "versioned" | "full") -> String -> (String | null) -> (String | null) -> String

    Example:
      map (kind: repoRevToName kind "https://example.org/foo.git" "v1.2" "git") [ "source" "versioned" "full" ]
      => [ "source" "foo-1.2-source" "foo-1.2-git-source" ]
      repoRevToName "long" "foo" null null
      => error: repoRevToName: invalid kind
  */
  repoRevToName =
    kind:
    let
      part = text: if text == null then "" else "-${text}";
      full =
        repo: rev: suffix:
        "${urlToName repo}${part (if rev == null then null else shortRev rev)}${part suffix}-source";
    in
    if kind == "source" then
      _: _: _: "source"
    else if kind == "versioned" then
      repo: rev: _: full repo rev null
    else if kind == "full" then
      full
    else
      throw "repoRevToName: invalid kind";

  /**
    A name for the file or repository of a URL, without what says that it is packed.

    Type: urlToName :: String -> String

    Example:
      map sources.urlToName [ "https://example.org/a/foo.git" "https://example.org/bar-1.tar.gz" "git@example.org:baz" ]
      => [ "foo" "bar-1" "baz" ]
  */
  urlToName =
    url:
    let
      base = baseNameOf (lib.strings.removeSuffix "/" (lib.lists.last (splitString ":" (toString url))));
      packed = "(.*)\\.(git|tar|zip|gz|tgz|bz|tbz|bz2|tbz2|lzma|txz|xz|zstd)$";
      bare =
        name:
        let
          found = match packed name;
        in
        if found == null then name else bare (builtins.head found);
    in
    bare base;

  inherit (builtins) filterSource;
  inherit (lib.filesystem) pathType pathIsDirectory pathIsRegularFile;
}
