let x = 1; in let y = x; x = 2; in [ x y ]
