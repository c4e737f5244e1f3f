"""Texts, scripts, trees of links: the builders that need no compiler."""

from __future__ import annotations

import pytest

from tests.pkgs.conftest import Packages


@pytest.mark.parametrize(
    ("expression", "path", "text", "executable"),
    [
        ('pkgs.writeText "n" "t"', "", "t", False),
        ('pkgs.writeTextDir "a/b" "t"', "a/b", "t", False),
        ('pkgs.writeScript "n" "t"', "", "t", True),
        ('pkgs.writeScriptBin "n" "t"', "bin/n", "t", True),
        ('pkgs.writeShellScript "n" "t"', "", "#!/bin/bash\nt", True),
        ('pkgs.writeShellScriptBin "n" "t"', "bin/n", "#!/bin/bash\nt", True),
        ('pkgs.writeTextFile { name = "n"; text = "t"; destination = "/x/y"; }', "x/y", "t", False),
        (
            'pkgs.writeTextFile { name = "n"; text = "long"; executable = true; '
            'destination = "/bin/n"; checkPhase = "grep -q long $target"; }',
            "bin/n",
            "long",
            True,
        ),
        (
            'pkgs.concatText "n" [ (pkgs.writeText "a" "1") (pkgs.writeText "b" "2") ]',
            "",
            "12",
            False,
        ),
        ('pkgs.concatScript "n" [ (pkgs.writeText "a" "1") ]', "", "1", True),
        (
            'pkgs.concatTextFile { name = "n"; files = [ (pkgs.writeText "a" "1") ]; '
            'destination = "/x/n"; executable = true; checkPhase = "grep 1 $target"; }',
            "x/n",
            "1",
            True,
        ),
        (
            'pkgs.replaceVarsWith { name = "n"; src = pkgs.writeText "t" "@a@"; '
            'replacements.a = 1; dir = "bin"; isExecutable = true; }',
            "bin/n",
            "1",
            True,
        ),
        (
            'pkgs.replaceVars (pkgs.writeText "t" "@a@ @b-c@ @d@ x@y.z") '
            '{ a = 1; "b-c" = "/&\\\\"; d = null; }',
            "",
            "1 /&\\ @d@ x@y.z",
            False,
        ),
        (
            'pkgs.substituteAll { name = "n"; src = pkgs.writeText "t" "@word@ @other@"; '
            'word = "w"; dir = "sub"; isExecutable = true; }',
            "sub/n",
            "w @other@",
            True,
        ),
    ],
)
def test_texts(packages: Packages, expression: str, path: str, text: str, executable: bool) -> None:
    made = packages.build(f"pkgs: {expression}")
    file = made / path if path else made
    assert file.read_text() == text
    assert bool(file.stat().st_mode & 0o111) == executable


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ('pkgs.replaceVars (pkgs.writeText "t" "@a@") { b = 1; }', "has no '@b@' to replace"),
        ('pkgs.replaceVars (pkgs.writeText "t" "@a@ @b@") { b = 1; }', "nothing says what @a@"),
        ('pkgs.replaceVars (pkgs.writeText "t" "x") { a = null; }', "has no @a@"),
        (
            'pkgs.writeTextFile { name = "n"; text = "t"; checkPhase = "false"; }',
            "exit code 1",
        ),
        ('pkgs.writeShellApplication { name = "n"; text = "if"; }', "unexpected end of file"),
        ('pkgs.writeShellApplication { name = "n"; text = "echo $1"; }', "SC2086"),
        ("pkgs.symlinkJoin { paths = [ ]; }", "give `name`, or `pname` and `version`"),
    ],
)
def test_mistakes_are_told(packages: Packages, expression: str, told: str) -> None:
    assert told in packages.failure(f"pkgs: {expression}")


def test_shell_applications(packages: Packages) -> None:
    text = """pkgs: pkgs.writeShellApplication {
        name = "app";
        runtimeInputs = [ (pkgs.writeShellScriptBin "inner" "echo inner") pkgs.jq ];
        runtimeEnv.WORD = "a b";
        text = ''inner; echo "$WORD"; echo '{"x": 3}' | jq .x; echo $1'';
        excludeShellChecks = [ "SC2086" ];
        bashOptions = [ "errexit" "pipefail" ];
    }"""
    script = (packages.build(text) / "bin/app").read_text()
    assert script.startswith("#!/bin/bash\nset -o errexit\nset -o pipefail\nWORD='a b'\n")
    assert packages.text(f"pkgs: (({text}) pkgs).meta.mainProgram") == "app"
    usr = f"""pkgs: pkgs.linkTree {{
        name = "usr"; packages = pkgs.closure [ (({text}) pkgs) pkgs.bash pkgs.coreutils ]; }}"""
    # jq comes along without being named again.
    assert packages.run(usr, ["/bin/bash", "-c", "app word"]) == "inner\na b\n3\nword\n"


def test_joined_trees(packages: Packages) -> None:
    joined = packages.build(
        """pkgs: pkgs.symlinkJoin {
            pname = "join"; version = "1";
            paths = [
              (pkgs.tree "one" { "a/x".text = "1"; "a/y".link = "x"; "b".text = "first"; })
              (pkgs.tree "two" { "a/z".text = "2"; "b".text = "second"; })
            ];
            postBuild = "rm $out/a/z; echo new > $out/a/new";
        }"""
    )
    assert joined.name.endswith("-join-1")
    assert sorted(path.name for path in (joined / "a").iterdir()) == ["new", "x", "y"]
    assert str((joined / "a/y").readlink()) == "x"
    assert str((joined / "b").readlink()).endswith("-one/b")

    farm = packages.build(
        """pkgs: pkgs.linkFarm "farm" [ { name = "x/y"; path = pkgs.writeText "t" "1"; } ]"""
    )
    assert str((farm / "x/y").readlink()).endswith("-t")
    farm = packages.build('pkgs: pkgs.linkFarmFromDrvs "farm" [ (pkgs.writeText "t" "1") ]')
    assert [path.name for path in farm.iterdir()] == ["t"]


ENV = """pkgs:
let
  one = pkgs.tree "one" { "bin/x".text = "1"; "share/a".text = "a"; "share/only/f".text = ""; };
  two = pkgs.tree "two" { "bin/y".text = "2"; "share/a".text = TEXT; "etc/e".text = ""; };
in
pkgs.buildEnv { name = "env"; paths = [ one (TWO two) ]; MORE }"""


@pytest.mark.parametrize(
    ("text", "two", "more", "names", "winner"),
    [
        ('"a"', "", "", ["bin/x", "bin/y", "etc", "share/a", "share/only"], "-one/share/a"),
        (
            '"b"',
            "pkgs.lib.hiPrio",
            'pathsToLink = [ "/share" ];',
            ["share/a", "share/only"],
            "-two/share/a",
        ),
        (
            '"b"',
            "",
            'ignoreCollisions = true; pathsToLink = [ "/share/a" "/etc" ];',
            ["etc", "share/a"],
            "-one/share/a",
        ),
        (
            '"a"',
            "",
            'extraPrefix = "/usr"; pathsToLink = [ "/share/a" ];',
            ["usr/share/a"],
            "-one/share/a",
        ),
        (
            '"a"',
            "",
            'pathsToLink = [ "/etc" "/share/a" ]; postBuild = "echo > $out/new";',
            ["etc", "new", "share/a"],
            "-one/share/a",
        ),
    ],
)
def test_build_env(
    packages: Packages, text: str, two: str, more: str, names: list[str], winner: str
) -> None:
    made = packages.build(ENV.replace("TEXT", text).replace("TWO", two).replace("MORE", more))
    links = {str(path.relative_to(made)): path for path in made.rglob("*") if not path.is_dir()} | {
        str(p.relative_to(made)): p for p in made.rglob("*") if p.is_symlink()
    }
    assert sorted(links) == names
    (chosen,) = [path for name, path in links.items() if name.endswith("share/a")]
    assert str(chosen.readlink()).endswith(winner)


def test_build_env_collisions(packages: Packages) -> None:
    told = packages.failure(ENV.replace("TEXT", '"b"').replace("TWO", "").replace("MORE", ""))
    assert "two packages have '/share/a'" in told and "set ignoreCollisions" in told
    strict = ENV.replace("TEXT", '"a"').replace("TWO", "")
    assert "two packages have" in packages.failure(
        strict.replace("MORE", "checkCollisionContents = false;")
    )


def test_build_env_takes_outputs(packages: Packages) -> None:
    made = packages.build(
        """pkgs: pkgs.buildEnv {
            name = "env"; extraOutputsToInstall = [ "doc" ];
            paths = [ (pkgs.runCommand "x" { outputs = [ "out" "doc" "dev" ]; } ''
              mkdir -p $out/bin $doc/share/doc $dev/include; touch $out/bin/x $doc/share/doc/d
            '') ];
        }"""
    )
    assert {path.name for path in made.rglob("*")} == {"bin", "share", "x", "doc", "d"} - (
        {"x"} if (made / "bin").is_symlink() else set()
    ) - ({"doc", "d"} if (made / "share").is_symlink() else set())
    assert not (made / "include").exists()


def test_link_farms(packages: Packages) -> None:
    one = """pkgs.linkFarm "f" [ { name = "a/b"; path = "/1"; } { name = "a/b"; path = "/2"; } ]"""
    assert (packages.build(f"pkgs: {one}") / "a/b").readlink().as_posix() == "/2"
    assert packages.text(f'pkgs: ({one}).entries."a/b" + ({one}).passthru.entries."a/b"') == "/2/2"
    two = packages.build('pkgs: pkgs.linkFarm "f" { x = pkgs.writeText "t" "text"; }')
    assert (two / "x").readlink().name.endswith("-t")
    assert "the entries are a string" in packages.failure('pkgs: pkgs.linkFarm "f" "x"')


def test_what_cannot_be_joined(packages: Packages) -> None:
    file = 'pkgs: pkgs.symlinkJoin { name = "j"; paths = [ (pkgs.writeText "t" "") ]; %s }'
    assert "t' is no folder" in packages.failure(file % "")
    assert not list(packages.build(file % "failOnMissing = false;").iterdir())
    assert not list(packages.build(file % 'stripPrefix = "/share";').iterdir())
    assert "unexpected argument 'pathToLink'" in packages.failure(
        'pkgs: pkgs.buildEnv { name = "e"; paths = [ ]; pathToLink = [ "/bin" ]; }'
    )


def test_sources_by_themselves(packages: Packages) -> None:
    patched = """(pkgs.applyPatches {
        src = pkgs.tree "s" { "a".text = "one\\n"; };
        patches = [ (pkgs.writeText "p" "--- a/a\\n+++ b/a\\n@@ -1 +1 @@\\n-one\\n+two\\n") ];
        postPatch = "echo > new";
    })"""
    made = packages.build(f"pkgs: {patched}")
    assert (made / "a").read_text() == "two\n" and (made / "new").exists()
    only = packages.build(
        f"""pkgs: pkgs.srcOnly (pkgs.stdenv.mkDerivation {{
            name = "p"; src = {patched}; buildPhase = "false"; prePatch = "echo > more"; }})"""
    )
    assert sorted(path.name for path in only.iterdir()) == ["a", "more", "new"]


def test_wrappers(packages: Packages) -> None:
    packages.build(
        """pkgs: pkgs.runCommand "x" { nativeBuildInputs = [ pkgs.makeWrapper ]; } ''
            printf '#!/bin/bash\\nprintf "%%s|" "$0" "$A" "''${B-none}" "$P" "$S" "$@"\\n' > p
            chmod +x p
            makeWrapper $PWD/p w --set A 'a b' --set-default B c --prefix P : /x --suffix S , y \\
              --add-flags '-f "g h"' --append-flag last
            [ "$(./w 1)" = "$PWD/p|a b|c|/x|y|-f|g h|1|last|" ]
            [ "$(B=given P=/q:/x:/r S=z ./w)" = "$PWD/p|a b|given|/x:/q:/r|z,y|-f|g h|last|" ]
            wrapProgram $PWD/p --unset A --run 'export B=run' --chdir /
            [ "$(A=1 ./p)" = "$PWD/.p-wrapped||run|||" ]
            printf /1 > one; printf /2 > two
            makeWrapper $PWD/.p-wrapped v --prefix-contents P : "one two" --suffix-contents S : one
            [ "$(P=/0 ./v)" = "$PWD/.p-wrapped||none|/2:/1:/0|/1|" ]
            printf '#!/bin/bash\\necho "$BASH_ARGV0"\\n' > name; chmod +x name
            makeWrapper /usr/bin/bash found --resolve-argv0 --add-flags "-c 'echo \\$0'"
            [ "$(PATH=$PWD:$PATH found)" = "$PWD/found" ]; [ "$(./found)" = ./found ]
            touch $out
        ''"""
    )


def test_shell_files(packages: Packages) -> None:
    made = packages.build(
        """pkgs: pkgs.stdenvNoCC.mkDerivation {
            name = "x"; dontUnpack = true; nativeBuildInputs = [ pkgs.installShellFiles ];
            installPhase = ''
              echo p > tool.1; echo c > tool.bash; echo '#!/bin/sh' > tool
              installManPage tool.1
              installShellCompletion tool.bash
              installShellCompletion --cmd tool --zsh <(echo z) --fish <(echo f)
              installBin tool
            '';
        }"""
    )
    assert sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()) == [
        "bin/tool",
        "share/bash-completion/completions/tool.bash",
        "share/fish/vendor_completions.d/tool.fish",
        "share/man/man1/tool.1.gz",
        "share/zsh/site-functions/_tool",
    ]


def test_overlays(packages: Packages) -> None:
    overlay = '(final: prev: { word = "w"; twice = final.word + final.word; })'
    assert packages.text(f"pkgs: (pkgs.extend {overlay}).twice") == "ww"
    more = '[ (f: p: { word = p.word + "2"; }) ]'
    assert packages.text(f"pkgs: ((pkgs.extend {overlay}).appendOverlays {more}).twice") == "w2w2"
    # What is made of the replaced package is made of the new one.
    assert (
        packages.text(
            """pkgs: (pkgs.extend (final: prev: {
                shellcheck = throw "the tools that build are the pinned ones";
                own = final.callPackage ({ stdenvNoCC, extra ? "" }: stdenvNoCC.mkDerivation {
                  name = "own${extra}"; }) { };
              })).own.name"""
        )
        == "own"
    )


def test_the_package_tree_is_there_too(packages: Packages) -> None:
    names = "map (p: p.debianName) (pkgs.closure [ pkgs.tree ])"
    assert packages.text(f"pkgs: toString ({names})").split()[-1] == "tree"


@pytest.mark.parametrize(
    "expression",
    [
        'pkgs.runCommand "x" { } "mkdir $out; for i in 3 1 2; do echo $i > $out/$i; done"',
        'pkgs.writeShellApplication { name = "x"; text = "echo hi"; }',
        'pkgs.symlinkJoin { name = "x"; paths = [ pkgs.hello (pkgs.writeTextDir "a" "b") ]; }',
        'pkgs.buildEnv { name = "x"; paths = [ pkgs.hello (pkgs.writeTextDir "a" "b") ]; }',
        'pkgs.writers.writeCBin "x" { } "int main(void) { return __LINE__; }"',
        "pkgs.autoreconfHook",
    ],
)
def test_built_again_it_is_the_same(packages: Packages, expression: str) -> None:
    assert packages.differences(packages.drv(f"pkgs: {expression}")) == {}
