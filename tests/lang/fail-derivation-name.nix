(derivation { builder = "x"; system = "y"; }).outPath
