({ name, version ? 1 }: name) { name = "x"; versio = 2; }
