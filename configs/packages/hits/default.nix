# A service in C, built from its source: an example of `stdenv.mkDerivation`.
{
  lib,
  stdenv,
  pkgconf,
  libsystemd-dev,
  greeting ? "visit",
}:
stdenv.mkDerivation {
  pname = "hits";
  version = "1.0";

  src = lib.fileset.toSource {
    root = ./.;
    fileset = lib.fileset.unions [
      ./Makefile
      ./hits.8
      ./hits.c
    ];
  };

  outputs = [
    "out"
    "man"
  ];

  nativeBuildInputs = [ pkgconf ];
  buildInputs = [ libsystemd-dev ];

  makeFlags = [
    "PREFIX=$(out)"
    "GREETING=${greeting}"
  ];
  doCheck = true;

  meta = {
    description = "Counts the visits of a TCP port";
    license = lib.licenses.mit;
    platforms = lib.platforms.linux;
    mainProgram = "hits";
  };
}
