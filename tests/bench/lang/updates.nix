# Attribute sets that grow by `//`, nested ones merged recursively.
let
  inherit (builtins) attrNames foldl' genList isAttrs length listToAttrs mapAttrs;
  grown = foldl' (set: n: set // { "key${toString n}" = n; last = n; }) { } (genList (n: n) 2500);
  merge = left: right:
    left // mapAttrs (name: value:
      if left ? ${name} && isAttrs value && isAttrs left.${name} then merge left.${name} value else value) right;
  layer = depth: n:
    if depth == 0 then n
    else listToAttrs (genList (i: { name = "n${toString (i + (n - (n / 2) * 2))}"; value = layer (depth - 1) (n + i); }) 4);
  merged = foldl' merge { } (genList (layer 4) 60);
  count = set: foldl' (total: name: total + (if isAttrs set.${name} then count set.${name} else set.${name})) 1 (attrNames set);
  small = foldl' (state: n: let x = state.x + n; in builtins.seq x (state // { inherit x; y = n; })) { x = 0; y = 0; z = 1; } (genList (n: n) 60000);
in
[ (length (attrNames grown)) grown.last (count merged) small.x small.y ]
