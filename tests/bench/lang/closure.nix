# `genericClosure` over a graph, and a search written in Nix beside it.
let
  inherit (builtins) attrNames concatMap foldl' genericClosure genList hasAttr length map;
  edges = n: [ (n * 2 - (n * 2 / 30011) * 30011) (n * 3 + 1 - ((n * 3 + 1) / 30011) * 30011) ];
  reached = genericClosure {
    startSet = [ { key = 1; } ];
    operator = item: map (key: { inherit key; parent = item.key; }) (edges item.key);
  };
  named = genericClosure {
    startSet = [ { key = "n1"; n = 1; } ];
    operator = { n, ... }: map (m: { key = "n${toString m}"; n = m; }) (map (m: m - (m / 5003) * 5003) (edges n));
  };
  walk = seen: frontier:
    let
      fresh = foldl' (new: n: if seen ? "n${toString n}" then new else new // { "n${toString n}" = n; }) { } frontier;
      next = concatMap (name: map (m: m - (m / 701) * 701) (edges fresh.${name})) (attrNames fresh);
    in
    if fresh == { } then seen else walk (seen // fresh) next;
in
[ (length reached) (foldl' (sum: item: sum + item.key) 0 reached) (length named) (length (attrNames (walk { } [ 1 ]))) ]
