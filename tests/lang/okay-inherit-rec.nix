rec { inherit (x) y; x = { y = z; }; z = 7; }
