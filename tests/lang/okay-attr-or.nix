let s = { a.b = 1; }; in [ (s.a.b or 2) (s.a.c or 3) (s.x.y.z or 4) ({ a = 1; }.a.b or 5) (s.${"a"}.b or 0) ]
