let s = { a.b = null; }; in [ (s ? a) (s ? a.b) (s ? a.b.c) (s ? x.y) (s ? "a") (s ? ${"a"}.b) (1 ? a) ]
