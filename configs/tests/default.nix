{ lib, hardware }: { }
