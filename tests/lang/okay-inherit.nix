let a = 1; s = { b = 2; c = { d = 3; }; }; in { inherit a; inherit (s) b c; inherit; inherit ({ z = 9; }) z; }
