"""What is unpacked and patched before a build."""

from __future__ import annotations

import pytest

from tests.pkgs.conftest import SOURCE, Packages, derivation


@pytest.mark.parametrize(
    "attributes",
    [
        # one archive, of each kind of compression
        *(
            f'src = pkgs.runCommand "s.tar.{end}" {{}} '
            f'"mkdir d; echo 1 > d/f; tar c{flag}f $out d";'
            'buildPhase = "[ $(cat f) = 1 ]";'
            for end, flag in (("gz", "z"), ("xz", "J"), ("bz2", "j"))
        ),
        # several sources, and which of them to build in
        'srcs = [ (pkgs.writeTextDir "f" "1") (pkgs.tree "two" { "g".text = "2"; }) ];'
        'sourceRoot = "two"; buildPhase = "[ -e g ]; [ -e ../f/f ]";',
        'srcs = [ (pkgs.writeTextDir "f" "1") (pkgs.tree "two" { "g".text = "2"; }) ];'
        'setSourceRoot = "sourceRoot=f"; buildPhase = "[ -e f ]";',
        # an archive that needs a tool of its own
        'src = pkgs.runCommand "s.zip" { nativeBuildInputs = [ pkgs.zip ]; } '
        '"mkdir d; echo 1 > d/f; zip -qr $out d"; nativeBuildInputs = [ pkgs.unzip ];'
        'buildPhase = "[ $(cat f) = 1 ]";',
        # of its own kind
        'src = pkgs.writeText "x.odd" "odd"; sourceRoot = ".";'
        'unpackCmd = "case $curSrc in *.odd) cp $curSrc odd ;; *) return 1 ;; esac";'
        'buildPhase = "[ $(cat odd) = odd ]";',
        # patches, given in two ways
        SOURCE
        + """patches = [ (pkgs.writeText "p" ''
          --- a/a.txt
          +++ b/a.txt
          @@ -1 +1 @@
          -one
          +three
        '') ]; buildPhase = "[ $(cat a.txt) = three ]";""",
        SOURCE
        + """patchFlags = [ "-p0" ]; patches = pkgs.writeText "p" ''
          --- a.txt
          +++ a.txt
          @@ -1 +1 @@
          -one
          +three
        ''; buildPhase = "[ $(cat a.txt) = three ]";""",
        # left out
        'dontUnpack = true; dontPatch = true; dontConfigure = true; buildPhase = "[ -z $src ]";',
    ],
)
def test_sources(packages: Packages, attributes: str) -> None:
    packages.build(derivation(attributes + 'installPhase = "touch $out";'))
