[ /a/b /a/../b (/a + "/b") (/a + "b") (/. + "x") (baseNameOf /a/b) (dirOf /a/b) (toString /a/b/./c) ]
