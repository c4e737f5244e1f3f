let r = rec { __overrides = { a = 5; }; a = 1; b = a + 1; }; in [ r.a r.b ]
