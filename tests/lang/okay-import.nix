[ (import ./lib-add.nix 1 2) (builtins.scopedImport { y = 5; } ./lib-scoped.nix) ]
