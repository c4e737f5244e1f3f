"""What a compiler is told for hardening."""

from __future__ import annotations

import pytest

from tests.pkgs.conftest import Packages


def test_hardening_can_be_taken_away(packages: Packages) -> None:
    probe = """echo '__attribute__((noinline)) void f(char *p) { *p = 1; }
        int main(void) { char a[64]; f(a); return a[0] - 1; }' > x.c; gcc -O2 -S x.c -o x.s"""
    for disable, found in (("[ ]", ""), ('[ "stackprotector" ]', "!"), ('[ "all" ]', "!")):
        packages.build(
            f"""pkgs: pkgs.runCommandCC "x" {{ hardeningDisable = {disable}; }} ''
                {probe}
                {found} grep -q __stack_chk_fail x.s
                touch $out
            ''"""
        )


@pytest.mark.parametrize(
    ("flags", "option"),
    [
        ('hardeningEnable = [ "zerocallusedregs" ]', "-fzero-call-used-regs=used-gpr"),
        ('hardeningEnable = [ "fortify3" ]', "_FORTIFY_SOURCE=3"),
        ('hardeningEnable = [ "trivialautovarinit" ]', "-ftrivial-auto-var-init=pattern"),
        ('hardeningDisable = [ "pie" ]', "-fno-pie"),
        ('hardeningEnable = [ "fortify3" ]; hardeningDisable = [ "fortify" ]', "! _FORTIFY_SOURCE"),
    ],
)
def test_hardening_flags(packages: Packages, flags: str, option: str) -> None:
    no, _, text = option.rpartition("! ")
    found = "!" if option.startswith("! ") else ""
    packages.build(
        f"""pkgs: pkgs.runCommandCC "x" {{ {flags}; }} ''
            echo 'int main(void) {{ return 0; }}' > x.c
            gcc -O2 -### x.c -o x 2> told
            {found} grep -q -e '{text}' told
            touch $out
        ''"""
    )
    assert no == ""


def test_hardening_flags_that_nobody_knows(packages: Packages) -> None:
    told = packages.failure('pkgs: pkgs.runCommandCC "x" { hardeningEnable = [ "cfi" ]; } ""')
    assert "'x' was called with unsupported hardening flags: cfi; there are bindnow" in told
