"""``neve repl``: expressions typed one after another."""
