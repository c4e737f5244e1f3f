# The built-in functions on attribute sets.
let
  inherit (builtins)
    attrNames attrValues catAttrs concatLists filter foldl' genList groupBy hasAttr intersectAttrs
    length listToAttrs map mapAttrs removeAttrs zipAttrsWith;
  set = size: step: listToAttrs (genList (n: { name = "attr${toString (n * step)}"; value = n; }) size);
  sets = genList (n: set 300 (n + 1)) 110;
  zipped = zipAttrsWith (name: values: foldl' (a: b: a + b) 0 values) sets;
  sum = set: foldl' (a: b: a + b) 0 (attrValues set);
  grouped = groupBy (n: "g${toString (n - (n / 17) * 17)}") (genList (n: n) 30000);
  rows = map (n: { id = n; tag = "t"; ${if n / 2 * 2 == n then "even" else "odd"} = n; }) (genList (n: n) 15000);
in
[
  (sum zipped)
  (sum (mapAttrs (_: group: length group) grouped))
  (length (catAttrs "even" rows))
  (foldl' (total: s: total + sum (intersectAttrs s zipped)) 0 sets)
  (length (attrNames (removeAttrs zipped (concatLists (map attrNames (genList (n: set 100 (n + 5)) 10))))))
  (foldl' (total: row: total + (if row ? even then row.even else 0 - (row.odd or 0))) 0 rows)
  (length (filter (name: hasAttr name zipped) (concatLists (map attrNames sets))))
  (sum (foldl' (all: s: all // mapAttrs (name: value: value + (all.${name} or 0)) s) { } sets))
]
