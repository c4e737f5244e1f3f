# Which files of a folder belong to a source.
{ lib }:
let
  inherit (lib.strings) hasPrefix hasSuffix removePrefix;
in
rec {
  /** False for what version control and editors leave behind. */
  cleanSourceFilter =
    path: type:
    let
      name = baseNameOf (toString path);
    in
    !(
      (name == ".git" || (type == "directory" && builtins.elem name [ ".svn" "CVS" ".hg" ".jj" ]))
      || hasSuffix "~" name
      || builtins.match "\\.sw[a-z]" name != null
      || builtins.match "\\..*\\.sw[a-z]" name != null
      || hasSuffix ".o" name
      || hasSuffix ".so" name
      || (type == "symlink" && hasPrefix "result" name)
      || type == "unknown"
    );

  /** A folder in the store with only what a filter keeps; filters of filters combine. */
  cleanSourceWith =
    { src, filter ? _: _: true, name ? null }:
    let
      inner = if src ? _isLibCleanSourceWith then src else { origSrc = src; filter = _: _: true; name = null; };
      both = path: type: filter path type && inner.filter path type;
      shown = if name != null then name else if inner.name or null != null then inner.name else "source";
    in
    {
      _isLibCleanSourceWith = true;
      inherit (inner) origSrc;
      filter = both;
      name = shown;
      outPath = builtins.path {
        path = inner.origSrc;
        filter = both;
        name = shown;
      };
    };

  cleanSource = src: cleanSourceWith { filter = cleanSourceFilter; inherit src; };

  /** Keep files whose path below the folder matches one of some expressions. */
  sourceByRegex =
    src: regexes:
    let
      root = toString (src.origSrc or src);
    in
    cleanSourceWith {
      inherit src;
      filter =
        path: type:
        let
          relative = removePrefix (root + "/") (toString path);
        in
        builtins.any (regex: builtins.match regex relative != null) regexes;
    };

  /** Keep folders, and files with one of some endings. */
  sourceFilesBySuffices =
    src: suffixes:
    cleanSourceWith {
      inherit src;
      filter = path: type: type == "directory" || builtins.any (suffix: hasSuffix suffix (baseNameOf path)) suffixes;
    };

  /** Whether a path is a folder, a regular file. */
  pathType = builtins.readFileType;
  pathIsDirectory = path: builtins.pathExists path && builtins.readFileType path == "directory";
  pathIsRegularFile = path: builtins.pathExists path && builtins.readFileType path == "regular";
}
