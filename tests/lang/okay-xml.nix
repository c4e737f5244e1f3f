builtins.toXML { a = 1; b = [ "x<y" null true 1.5 ]; f = { a, b ? 1 }: a; }
