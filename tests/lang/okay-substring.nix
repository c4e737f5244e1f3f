with builtins; [ (substring 1 2 "hello") (substring 2 (-1) "hello") (substring 10 5 "abc") (stringLength "héllo") (substring 0 3 "héllo") (stringLength "") ]
