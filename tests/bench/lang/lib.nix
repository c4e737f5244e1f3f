# The library's functions in bulk, as modules use them.
let
  lib = import ../../../configs/lib;
  names = lib.genList (n: "name${toString n}") 700;
  set = lib.genAttrs names (name: { inherit name; enable = lib.hasSuffix "3" name; order = lib.stringLength name; });
  enabled = lib.filterAttrs (_: value: value.enable) set;
  tree = lib.mapAttrs (name: value: { a.b.c = value; a.d = [ name ]; }) set;
  merged = lib.foldl' lib.recursiveUpdate { } (lib.mapAttrsToList (name: value: { ${name}.x.y = value.order; common.${name} = 1; }) set);
in
[
  (lib.concatStringsSep "," (lib.attrNames enabled))
  (lib.foldl' lib.add 0 (lib.mapAttrsToList (_: v: lib.attrByPath [ "a" "b" "c" "order" ] 0 v) tree))
  (lib.length (lib.unique (lib.concatMap (name: [ (lib.removePrefix "name1" name) (lib.toUpper name) ]) (lib.take 200 names))))
  (lib.concatMapStringsSep "\n" (name: "${lib.escapeShellArg name}=${lib.boolToString set.${name}.enable}") names)
  (lib.splitString "," (lib.concatStringsSep "," names) == names)
  (lib.length (lib.collect lib.isList tree))
  (lib.optionalString (lib.any (lib.hasInfix "e6") names) "some")
  (lib.imap1 (i: name: "${toString i}:${name}") (lib.take 50 (lib.reverseList names)))
  (lib.length (lib.attrNames merged.common))
  (lib.mapAttrs' (name: value: lib.nameValuePair "x-${name}" value.order) enabled)
  (lib.zipListsWith (a: b: "${a}${toString b}") names (lib.range 1 300))
  (lib.sort (a: b: a < b) (map (lib.replaceStrings [ "name" ] [ "" ]) names))
  (lib.foldr (name: rest: lib.optional (lib.hasPrefix "name5" name) name ++ rest) [ ] names)
  (lib.getAttrFromPath [ "name7" "a" "d" ] tree)
  (lib.flatten [ [ names ] [ [ names ] ] ] == names ++ names)
  (lib.generators.toINI { } { section = lib.mapAttrs (_: value: value.order) set; })
]
