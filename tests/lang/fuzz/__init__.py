"""Random programs, run by us and by the real Nix."""
