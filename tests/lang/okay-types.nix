map builtins.typeOf [ 1 1.0 true null "x" /a [ ] { } (x: x) builtins.map (builtins.map 1) ]
