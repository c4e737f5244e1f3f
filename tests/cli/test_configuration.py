"""neve.conf: order, lists that grow, and mistakes with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.cli.configuration import read_configuration
from builder.cli.errors import UsageError


def test_later_places_win(tmp_path: Path) -> None:
    system = tmp_path / "neve.conf"
    system.write_text(
        "# the machine's\nsubstituters = http://a http://b # two\nrequire-sigs = false\n"
        "narinfo-cache-negative-ttl = 5\n\n"
    )
    (tmp_path / "neve").mkdir()
    (tmp_path / "neve/neve.conf").write_text("extra-substituters = http://c http://a\n")
    environment = {"XDG_CONFIG_HOME": str(tmp_path), "NEVE_CONFIG": "trusted-public-keys = k:1"}
    made = read_configuration(
        environment, [("require-sigs", "true"), ("extra-trusted-public-keys", "l:2")],
        system_file=system,
    )  # fmt: skip
    assert made.substituters == ("http://a", "http://b", "http://c")
    assert made.trusted_public_keys == ("k:1", "l:2")
    assert (made.require_sigs, made.narinfo_cache_negative_ttl) == (True, 5)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("substituter = x", r"neve.conf:2: there is no setting 'substituter'"),
        ("substituters", r"neve.conf:2: 'substituters' is no setting"),
        ("require-sigs = yes", "neve.conf:2: 'require-sigs' must be true or false, not 'yes'"),
        ("narinfo-cache-positive-ttl = 1d", "must be a number of seconds, not '1d'"),
    ],
)
def test_mistakes_say_where(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "neve.conf"
    file.write_text(f"\n{line}\n")
    with pytest.raises(UsageError, match=message) as caught:
        read_configuration({"HOME": str(tmp_path)}, system_file=file)
    if "substituter =" in line:
        assert caught.value.hint == "did you mean 'substituters'?"
