# `match` and `split` over many strings.
let
  inherit (builtins) concatStringsSep elemAt filter foldl' genList isString length map match split;
  lines = genList (n: "host${toString n}.example:${toString (n * 7)} /path/to/file-${toString n}.tar.gz?q=${toString (n / 3)}") 9000;
  parsed = map (match "([a-z0-9.]+):([0-9]+) (/[^?]*)[?]q=(.*)") lines;
  version = match "([0-9]+)\\.([0-9]+)(\\.([0-9]+))?(-(alpha|beta|rc)[0-9]*)?";
  versions = map version (genList (n: "${toString (n / 100)}.${toString n}${if n / 2 * 2 == n then "-rc${toString n}" else ".7"}") 9000);
  words = filter isString (split "[ ,;]+" (concentrated 3000));
  concentrated = count: concatStringsSep ", " (genList (n: "word${toString n}; other") count);
in
[
  (foldl' (sum: parts: sum + length parts) 0 parsed)
  (map (parts: elemAt parts 2) (filter (parts: elemAt parts 0 == "host77.example") parsed))
  (length (filter (parts: elemAt parts 5 == null) versions))
  (length words)
  (foldl' (sum: line: sum + length (split "/|-|\\." line)) 0 lines)
]
