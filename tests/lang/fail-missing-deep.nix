let s = {
  config = { enable = true; };
};
in s.config.enabled
