let s = {
  a = 1;
    b = 2;
}; in map (n: removeAttrs (builtins.unsafeGetAttrPos n s) [ "file" ]) [ "a" "b" ]
