"""``versionCheckHook``: a build fails whose program tells another version."""

from __future__ import annotations

import pytest

from tests.pkgs.conftest import Packages

_V = 'version = "1.2"; '
VERSIONED = """pkgs: pkgs.stdenvNoCC.mkDerivation {{
    pname = "tool"; dontUnpack = true; doInstallCheck = true;
    nativeInstallCheckInputs = [ pkgs.versionCheckHook ];
    installPhase = ''
      mkdir -p $out/bin
      printf '#!/bin/bash\\n[ "$1" = -V ] || [ "$1" = --version ] && echo tool 1.2\\n' \
        > $out/bin/tool
      chmod +x $out/bin/tool
      cp $out/bin/tool $out/bin/other
    '';
    {0}
}}"""


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (_V, None),
        (_V + 'meta.mainProgram = "other"; versionCheckProgramArg = "-V";', None),
        (_V + 'meta.mainProgram = "other"; __structuredAttrs = true;', None),
        ('version = "1.3"; dontVersionCheck = true;', None),
        ('version = "1.3";', "no version 1.3 was found"),
        (_V + 'versionCheckProgramArg = "-v";', "no version 1.2 was found"),
        (_V + 'meta.mainProgram = "third";', "bin/third'; give versionCheckProgram"),
        (_V + 'versionCheckProgram = "${placeholder "out"}/bin/other";', None),
    ],
)
def test_a_program_tells_its_version(packages: Packages, more: str, told: str | None) -> None:
    text = VERSIONED.format(more)
    if told is None:
        assert (packages.build(text) / "bin/tool").exists()
    else:
        assert told in packages.failure(text)
