"""Set-user-id programs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from switcher.wrappers import apply_wrappers, parse_mode

IDS = {"users": {"root": 0, "web": 33}, "groups": {"root": 0, "web": 33}}


@pytest.mark.parametrize(
    ("text", "mode"),
    [("0755", 0o755), ("511", 0o511), ("u+rx,g+x,o+x", 0o511), ("u=rwx,go=rx", 0o755)],
)
def test_modes(text: str, mode: int) -> None:
    assert parse_mode(text) == mode


@pytest.mark.parametrize("text", ["", "9", "u", "z+x", "u+s", "+x"])
def test_what_is_no_mode(text: str) -> None:
    with pytest.raises(ValueError, match="is not a mode such as"):
        parse_mode(text)


def entry(source: Path, **more: Any) -> dict[str, Any]:
    given = {"owner": "root", "group": "root", "setuid": True, "setgid": False}
    return {"source": str(source), "permissions": "u+rx,g+x,o+x", **given, **more}


@pytest.mark.skipif(os.geteuid() != 0, reason="wrappers have owners")
def test_all_change_at_once_or_none(tmp_path: Path) -> None:
    source, run = tmp_path / "su", tmp_path / "run"
    source.write_bytes(b"program")
    run.mkdir()
    web = entry(source, owner="web", group="web", setuid=False, setgid=True)
    apply_wrappers({"su": entry(source), "post": web}, IDS, str(run))
    status = (run / "bin/su").stat()
    assert (status.st_mode & 0o7777, status.st_uid) == (0o4511, 0)
    status = (run / "bin/post").stat()
    assert (status.st_mode & 0o7777, status.st_gid) == (0o2511, 33)
    with pytest.raises(
        ValueError, match=r"security.wrappers.su: there is no 'eve' among the users"
    ):
        apply_wrappers({"su": entry(source, owner="eve")}, IDS, str(run))
    with pytest.raises(FileNotFoundError):
        apply_wrappers({"su": entry(tmp_path / "none")}, IDS, str(run))
    assert (run / "bin/su").read_bytes() == b"program"
    apply_wrappers({"sudo": entry(source)}, IDS, str(run))
    assert [path.name for path in (run / "bin").iterdir()] == ["sudo"]
    assert len(list(run.iterdir())) == 2
