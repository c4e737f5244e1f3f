let d = derivation { name = "x"; builder = "b"; system = "s"; outputs = [ "out" "dev" ]; }; in [ d.type d.outputName d.dev.outputName (builtins.attrNames d) d.drvAttrs.name (builtins.length d.all) ]
