{ lib, base, final }: { }
