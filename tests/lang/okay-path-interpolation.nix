let n = "b"; in [ (/a + "/${n}") (toString /a/${n}/c) (toString /a/x-${n}.nix) ]
