let x = { a = throw "a"; b = 1; }; l = [ (throw "l") 2 ]; in [ x.b (builtins.elemAt l 1) (builtins.length l) (builtins.attrNames x) ]
