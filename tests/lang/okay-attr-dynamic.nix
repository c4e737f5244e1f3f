let n = "x"; in { ${n} = 1; "${n}y" = 2; ${n + "z"}.deep = 3; ${null} = 4; "a.b" = 5; }
