{ a = null; b = "x\${y}\n"; c = [ ]; d = { }; "e f" = 1; "if" = 2; n = -3; p = /x; t = true; nested = [ { a = [ 1 ]; } ]; }
