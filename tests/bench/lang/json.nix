# A big tree to JSON, back, and through every node.
let
  inherit (builtins) attrNames foldl' fromJSON genList hashString isAttrs isList listToAttrs stringLength toJSON;
  tree = depth: n:
    if depth == 0 then
      { id = n; name = "leaf \"${toString n}\""; ok = n > 3; none = null; ratio = n * 0.5; }
    else
      {
        inherit n;
        children = genList (i: tree (depth - 1) (n + i)) 4;
        table = listToAttrs (genList (i: { name = "k${toString i}"; value = tree 0 (n * i); }) 5);
      };
  text = toJSON (tree 6 1);
  back = fromJSON text;
  size = value:
    if isAttrs value then foldl' (total: name: total + size value.${name}) 1 (attrNames value)
    else if isList value then foldl' (total: item: total + size item) 1 value
    else 1;
in
[ (stringLength text) (hashString "sha256" text) (size back) (toJSON back == text) ]
