builtins.fromTOML "a = 1\n[b]\nc = [1.5, \"x\"]\n[[d]]\ne = true\n"
