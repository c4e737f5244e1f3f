let
  d = args: derivation ({ system = "x86_64-linux"; builder = "builtin:test"; } // args);
  src = builtins.toFile "src.txt" "hello\n";
  fixed = d { name = "fixed.deb"; outputHashMode = "flat"; outputHashAlgo = "sha256"; outputHash = "0000000000000000000000000000000000000000000000000000000000000001"; url = "x"; };
  rec256 = d { name = "tree"; outputHashMode = "recursive"; outputHashAlgo = "sha256"; outputHash = "0000000000000000000000000000000000000000000000000000000000000002"; };
  rec1 = d { name = "tree1"; outputHashMode = "recursive"; outputHashAlgo = "sha1"; outputHash = "0000000000000000000000000000000000000003"; };
  multi = d { name = "multi"; outputs = [ "out" "doc" "dev" ]; inherit src; args = [ "-c" "a\"b\\c\nd\te" ]; deb = fixed; };
  structured = d { name = "structured"; __structuredAttrs = true; list = [ 1 "a" { b = true; } ]; dep = multi.doc; t = rec256; outputs = [ "out" "bin" ]; };
  top = d { name = "top"; a = multi; b = multi.dev; c = structured.bin; e = rec1; f = "ünïcode"; };
in { inherit fixed rec256 rec1 multi structured top; }
