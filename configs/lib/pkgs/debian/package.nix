{ lib, final }: package: package
