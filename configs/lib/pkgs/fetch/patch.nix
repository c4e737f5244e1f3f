# Patches that are fetched.
{ lib, fetchurl }:
let
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
in
{
  fetchpatch = patchFetcher false;
  fetchpatch2 = patchFetcher true;
}
