with builtins; [ (split "(a)b" "abc") (split "([ac])" "abc") (split "x" "abc") (split "([[:upper:]]+)" " FOO ") (split "(a)|b" "xaybz") ]
