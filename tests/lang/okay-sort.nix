[ (builtins.sort builtins.lessThan [ 3 1 2 ]) (builtins.sort (a: b: a.n < b.n) [ { n = 2; v = "a"; } { n = 1; v = "b"; } { n = 2; v = "c"; } ]) (builtins.sort builtins.lessThan [ "b" "a" "B" ]) ]
