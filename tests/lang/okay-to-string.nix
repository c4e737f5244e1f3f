[ (toString [ 1 2.5 true false null "x" [ 1 [ ] 2 ] [ ] "y" ]) (toString { outPath = "p"; }) (toString (-5)) (toString 0.1) ]
