"""`stdenv.mkDerivation`: its phases, hooks, helpers and arguments, by derivations that fail unless
each does what nixpkgs' manual says."""

from __future__ import annotations

import pytest

from tests.pkgs.conftest import SOURCE, Packages, derivation


def test_all_phases_in_their_order(packages: Packages) -> None:
    built = packages.build(
        derivation(
            SOURCE
            + """
            doCheck = true; doInstallCheck = true; doDist = true;
            prePhases = [ "firstPhase" ]; firstPhase = "echo first >> $TMPDIR/log";
            postPhases = "lastPhase"; lastPhase = "cp $TMPDIR/log $out/log";
            preConfigurePhases = [ "extraPhase" ]; extraPhase = "echo extra >> $TMPDIR/log";
            preUnpack = "echo preUnpack >> $TMPDIR/log";
            postUnpack = "echo postUnpack $sourceRoot >> $TMPDIR/log";
            prePatch = "echo prePatch >> $TMPDIR/log";
            postPatch = "cat a.txt >> $TMPDIR/log";
            preConfigure = "echo preConfigure >> $TMPDIR/log";
            postConfigure = "echo postConfigure >> $TMPDIR/log";
            buildPhase = "runHook preBuild; echo build >> $TMPDIR/log; runHook postBuild";
            preBuild = "echo preBuild >> $TMPDIR/log"; postBuild = "echo postBuild >> $TMPDIR/log";
            checkPhase = "echo check >> $TMPDIR/log";
            installPhase = "mkdir $out; echo install >> $TMPDIR/log";
            preFixup = "echo preFixup >> $TMPDIR/log"; postFixup = "echo postFixup >> $TMPDIR/log";
            installCheckPhase = "echo installCheck >> $TMPDIR/log";
            distPhase = "echo dist >> $TMPDIR/log";
            """
        )
    )
    assert (built / "log").read_text().splitlines() == [
        *("first", "preUnpack", "postUnpack source", "prePatch", "one", "extra"),
        *("preConfigure", "postConfigure", "preBuild", "build", "postBuild", "check", "install"),
        *("preFixup", "postFixup", "installCheck", "dist"),
    ]


def test_configure_and_make_get_their_flags(packages: Packages) -> None:
    built = packages.build(
        derivation(
            """
            src = pkgs.tree "source" {
              "configure" = {
                executable = true;
                text = "#!/bin/sh\\nprintf '%s\\\\n' \\"$@\\" > configured\\n";
              };
              "Makefile".text = "all:\\n\\tprintf '%s|' '$(MSG)' '$(TWO)' > made\\n"
                + "install:\\n\\tmkdir -p $(out)\\n\\tcp configured made $(out)\\n";
            };
            configureFlags = [ "--with-x=1" ]; configurePlatforms = [ "build" ];
            preConfigure = "configureFlagsArray+=(\\"--with=a b\\")";
            makeFlags = [ "MSG=m" ]; buildFlags = [ "TWO=t" ];
            nativeBuildInputs = [ pkgs.make ];
            """
        )
    )
    assert (built / "made").read_text() == "m|t|"
    first, *rest = (built / "configured").read_text().splitlines()
    assert first == f"--prefix=/nix/store/{built.name}"
    assert rest == ["--build=x86_64-unknown-linux-gnu", "--with-x=1", "--with=a b"]


HELPERS = [
    # substitute
    'printf "a b a" > f; substituteInPlace f --replace-fail a X --replace-quiet q r;'
    '[ "$(cat f)" = "X b X" ]',
    'printf "\\n\\nx\\n\\n" > f; substituteInPlace f --replace-fail x y;'
    '[ "$(od -c f | head -n1)" = "$(printf "\\n\\ny\\n\\n" | od -c | head -n1)" ]',
    'printf "@name@ @other@" > f; substituteAll f g; [ "$(cat g)" = "x @other@" ]',
    'printf "@a@ @b@" > f; a=1; substitute f g --subst-var a --subst-var-by b "&\\\\2";'
    '[ "$(cat g)" = "1 &\\\\2" ]',
    # lists
    'a="1 2"; b=(3 "4 5"); c=(); concatTo c a b d=6; [ "${#c[@]}" = 5 ]; [ "${c[3]}" = "4 5" ];'
    '[ "$(concatStringsSep , c)" = "1,2,3,4 5,6" ]',
    'a="1"; appendToVar a 2 3; prependToVar a 0; [ "$(echo $a)" = "0 1 2 3" ]',
    'b=(1 "2 3"); appendToVar b "4 5"; [ "${#b[@]}" = 3 ]',
    # names
    '[ "$(stripHash /nix/store/00000000000000000000000000000000-a-1.tar)" = a-1.tar ]',
    '[ "$(stripHash plain)" = plain ]',
    # hooks: of the derivation, then those that packages added
    'preThing() { log+=1; }; other() { log+=2; }; preThingHooks+=(other "log+=3"); log=;'
    'runHook preThing; [ "$log" = 123 ]',
    # programs of scripts
    'printf "#!/usr/bin/env -S bash -e\\n" > f; printf "#!/opt/awk -f\\n" > g; chmod +x f g;'
    'patchShebangs f g; [ "$(cat f g)" = "$(printf "#!/usr/bin/bash -e\\n#!/usr/bin/awk -f")" ]',
    # time stands
    '[ "$SOURCE_DATE_EPOCH" = 315532800 ]; [ "$(umask)" = 0022 ]',
]


@pytest.mark.parametrize("number", range(len(HELPERS)))
def test_helpers(packages: Packages, number: int) -> None:
    packages.build(
        "pkgs: pkgs.runCommand \"x\" {} ''\n"
        + HELPERS[number].replace("${", "''${")
        + "\ntouch $out\n''"
    )


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("echo a > f; substituteInPlace f --replace-fail x y", "'f' has no 'x' to replace"),
        ("substituteInPlace g --replace-fail x y", "there is no file 'g'"),
        ("echo @v@ > f; substitute f g --subst-var v", "the variable 'v' for 'f' is not set"),
        ("moveToOutput bin dev", "'dev' is no output's path; \"$dev\" is"),
        ('moveToOutput bin "$dev"', "'' is no output's path"),
        ("makeWrapper f g --sett A B", "'f' is no program"),
        ("printf x > f; chmod +x f; makeWrapper f g --sett A B", "'--sett' is not an option"),
        ("set -u; echo $nothing", "nothing: unbound variable"),
        ("false | true", "exit code 1"),
    ],
)
def test_helpers_fail_aloud(packages: Packages, command: str, told: str) -> None:
    text = (
        'pkgs: pkgs.runCommand "x" { nativeBuildInputs = [ pkgs.makeWrapper ]; } '
        f"''\n{command}\ntouch $out\n''"
    )
    assert told in packages.failure(text)


def test_setup_hooks_and_what_is_propagated(packages: Packages) -> None:
    packages.build(
        """pkgs:
        let
          hook = pkgs.makeSetupHook { name = "hook"; substitutions.word = "hello"; } (
            pkgs.writeText "hook.sh" ''
              greeting=@word@
              note() { seen+=" $(stripHash "$1")"; }
              addEnvHooks "$targetOffset" note
            '');
          inner = pkgs.runCommand "inner" { } "mkdir -p $out/bin $out/include";
          outer = pkgs.stdenvNoCC.mkDerivation {
            name = "outer"; dontUnpack = true; installPhase = "mkdir $out";
            propagatedBuildInputs = [ inner ]; propagatedNativeBuildInputs = [ hook ];
          };
        in
        pkgs.runCommand "x" { buildInputs = [ outer ]; } ''
          [ "$greeting" = hello ]
          [ "$seen" = " outer inner" ]
          case $NIX_CFLAGS_COMPILE in *"-isystem ${inner}/include"*) ;; *) exit 1 ;; esac
          case $PATH in *${inner}/bin:*) ;; *) exit 1 ;; esac
          touch $out
        ''"""
    )


def test_strict_inputs_are_no_programs(packages: Packages) -> None:
    for strict, found in (("true", "!"), ("false", "")):
        packages.build(
            f"""pkgs: pkgs.runCommand "x" {{
                strictDeps = {strict};
                buildInputs = [ (pkgs.writeShellScriptBin "tool" "") ];
            }} "{found} type -P tool; touch $out" """
        )


def test_structured_attributes(packages: Packages) -> None:
    built = packages.realise(
        packages.drv(
            derivation(
                """
                __structuredAttrs = true;
                outputs = [ "out" "dev" ];
                env = { WORD = "a b"; NUMBER = 3; YES = true; };
                list = [ "one two" "three" ];
                table.key = "value";
                makeFlags = [ "A=b c" ];
                dontUnpack = true;
                buildPhase = ''
                  [ "$(printenv WORD NUMBER YES)" = "$(printf 'a b\\n3\\n1')" ]
                  [ "''${#list[@]}" = 2 ]; [ "''${table[key]}" = value ]
                  flags=(); concatTo flags makeFlags; [ "''${flags[0]}" = "A=b c" ]
                  ! printenv table list
                  [ "$(getAllOutputNames)" = "dev out" ]
                '';
                installPhase = "mkdir -p $out/include $out/lib; touch $out/include/h $out/lib/l";
                """
            )
        )
    )
    assert [path.name for path in built["out"].rglob("*")] == ["lib", "l"]
    assert [path.name for path in (built["dev"] / "include").iterdir()] == ["h"]


def test_env_and_pass_as_file(packages: Packages) -> None:
    packages.build(
        """pkgs: pkgs.runCommand "x" { env.WORD = "w"; text = "long"; passAsFile = [ "text" ]; } ''
            [ "$(printenv WORD)" = w ]; [ "$(cat $textPath)" = long ]; touch $out
        ''"""
    )
    both = 'env.A = "1"; A = "2"; dontUnpack = true;'
    assert "gives A both in `env` and as an argument" in packages.failure(derivation(both))
    assert "env.A, a list" in packages.failure(derivation("env.A = [ ];"))


def test_overriding(packages: Packages) -> None:
    package = """pkgs: let
        make = { stdenvNoCC, word ? "one" }: stdenvNoCC.mkDerivation (final: {
          pname = "p"; version = "1"; inherit word; twice = final.word + final.word;
          passthru.again = final.finalPackage.version;
        });
        p = pkgs.callPackage make { };
      in """
    for expression, answer in (
        ("p.name", "p-1"),
        ("p.twice", "oneone"),
        ('(p.override { word = "two"; }).twice', "twotwo"),
        ('(p.overrideAttrs { version = "2"; }).name', "p-2"),
        ('(p.overrideAttrs (old: { version = old.version + ".1"; })).name', "p-1.1"),
        ('(p.overrideAttrs (old: { version = old.version + ".1"; })).again', "1.1"),
        ('(p.overrideAttrs (final: old: { a = final.version; version = "3"; })).a', "3"),
        (
            '((p.overrideAttrs { word = "x"; }).overrideAttrs (o: { word = o.word + "y"; })).twice',
            "xyxy",
        ),
        ('((p.override { word = "q"; }).overrideAttrs { version = "9"; }).twice', "qq"),
        ('((p.overrideAttrs { version = "9"; }).override { word = "q"; }).name', "p-9"),
        ("toString (p.inputDerivation.name)", "inputs-of-p-1"),
    ):
        assert packages.text(package + expression) == answer, expression


@pytest.mark.parametrize(
    ("meta", "told"),
    [
        ("broken = true;", "Package 'x' (test.nix:1) is refused: it is marked as broken"),
        ('platforms = [ "aarch64-linux" ];', "it is not for 'x86_64-linux'"),
        ("platforms = pkgs.lib.platforms.riscV;", "it is not for 'x86_64-linux'"),
        ('knownVulnerabilities = [ "CVE-1" ];', "it has known vulnerabilities: CVE-1"),
        ("description = 3;", "meta.description is a int, and should be: string"),
        ("licence = 1;", "there is no meta.licence; there are available, badPlatforms"),
    ],
)
def test_meta_is_checked(packages: Packages, meta: str, told: str) -> None:
    text = derivation(f"dontUnpack = true; meta = {{ {meta} }};")
    assert told in packages.failure(text)
    # Who only looks is told nothing.
    assert packages.text(f"pkgs: (({text}) pkgs).meta.name") == "x"


def test_good_meta(packages: Packages) -> None:
    text = derivation(
        """dontUnpack = true; installPhase = "touch $out"; meta = {
            description = "d"; homepage = "h"; license = pkgs.lib.licenses.mit;
            platforms = pkgs.lib.platforms.linux; mainProgram = "x"; maintainers = [ ];
        };"""
    )
    packages.build(text)


def test_parallel_phases(packages: Packages) -> None:
    """Which phases are parallel, and which the package does not let be."""
    rule = r"all check install:\n\techo '$(MAKEFLAGS)' > $(OUT)/$@\n"
    makefile = f'"Makefile".text = "{rule}";'
    for attributes, parallel in (
        ("", []),
        ("enableParallelBuilding = true;", ["all", "check", "install"]),
        (
            "enableParallelBuilding = true; enableParallelChecking = false;",
            ["all", "install"],
        ),
        (
            "enableParallelBuilding = true; enableParallelInstalling = false;",
            ["all", "check"],
        ),
    ):
        built = packages.build(
            derivation(
                f"""
                src = pkgs.tree "source" {{ {makefile} }};
                nativeBuildInputs = [ pkgs.make ]; doCheck = true;
                makeFlags = [ "OUT=$(out)" ]; preBuild = "mkdir $out"; {attributes}
                """
            )
        )
        found = [name for name in ("all", "check", "install") if "-j" in (built / name).read_text()]
        assert found == parallel, attributes


def test_debug_information_has_an_output_of_its_own(packages: Packages) -> None:
    drv = packages.drv(
        """pkgs: pkgs.stdenv.mkDerivation {
            name = "x"; dontUnpack = true; separateDebugInfo = true;
            buildPhase = ''
              echo 'int answer(void) { return 42; } int main(void) { return answer() - 42; }' > x.c
              gcc -O0 x.c -o x
            '';
            installPhase = "install -D x $out/bin/x";
            doInstallCheck = true;
            installCheckPhase = ''
              $out/bin/x
              readelf -S $out/bin/x > sections
              grep gnu_debuglink sections
              ! grep debug_info sections
              id=$(readelf -n $out/bin/x | sed -n 's/^ *Build ID: *//p')
              objdump --dwarf=info $debug/lib/debug/.build-id/''${id:0:2}/''${id:2}.debug > told
              grep answer told
            '';
        }"""
    )
    built = packages.realise(drv)
    assert sorted(built) == ["debug", "out"]
    assert not any("debug" in name for name in packages.references(built["out"]))
    assert packages.differences(drv) == {}


def test_what_a_package_tells_of_itself(packages: Packages) -> None:
    """The names that callers go by: passthru, its tests, the main program."""
    package = """pkgs: let
        p = pkgs.stdenvNoCC.mkDerivation {
          pname = "p"; version = "1"; dontUnpack = true; outputs = [ "out" "bin" ];
          passthru = { word = "w"; tests.simple = pkgs.runCommand "simple" { } "touch $out"; };
          meta.mainProgram = "runs";
        };
      in """
    assert packages.text(package + "p.word + p.passthru.word") == "ww"
    assert packages.text(package + "p.tests.simple.name") == "simple"
    assert packages.text(package + "pkgs.lib.getExe p").endswith("-p-1-bin/bin/runs")
    assert packages.text(package + 'pkgs.lib.getExe\' p "other"').endswith("-p-1-bin/bin/other")
    changed = '(p.overrideAttrs (old: { passthru = old.passthru // { word = "x"; }; })).word'
    assert packages.text(package + changed) == "x"


@pytest.mark.parametrize(
    ("rule", "is_allowed"),
    [
        ("allowedReferences = [ ]", False),
        ("allowedReferences = [ inner ]", True),
        ('allowedReferences = [ inner "out" ]', True),
        ("disallowedReferences = [ inner ]", False),
        ("allowedRequisites = [ inner ]", False),
        ("allowedRequisites = [ inner deepest ]", True),
        ("disallowedRequisites = [ deepest ]", False),
        ("__structuredAttrs = true; outputChecks.out.disallowedReferences = [ inner ]", False),
        ("__structuredAttrs = true; outputChecks.out.allowedReferences = [ inner ]", True),
    ],
)
def test_rules_for_references(packages: Packages, rule: str, is_allowed: bool) -> None:
    text = f"""pkgs: let
        deepest = pkgs.writeText "deepest" "";
        inner = pkgs.writeText "inner" "${{deepest}}";
      in pkgs.runCommand "x" {{ {rule}; }} "echo ${{inner}} > $out" """
    if is_allowed:
        packages.build(text)
    else:
        assert "is not allowed by its" in packages.failure(text)
