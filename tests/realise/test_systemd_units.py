"""``builtin:systemd-units``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builder.realise.systemd_units import BadUnit
from tests.realise.context import Workshop, shown


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def unit(text: str = "[Service]\n", **more: Any) -> dict[str, Any]:
    lists: dict[str, Any] = {"wantedBy": [], "requiredBy": [], "upheldBy": [], "aliases": []}
    return {"text": text, "enable": True, "override": "asDropinIfExists", **lists, **more}


def test_units(shop: Workshop) -> None:
    package = shop.add(
        "p", {"lib/systemd/system/known.service": "", "lib/systemd/system/inst@.service": ""}
    )
    units = {
        "own.service": unit(wantedBy=["m.target", "m.target"], aliases=["other.service"]),
        "off.service": unit(enable=False, wantedBy=["m.target"]),
        "known.service": unit("[Unit]\nA=1\n", requiredBy=["m.target"]),
        "quiet.service": unit(override="asDropin", text="", upheldBy=["m.target"]),
        "inst@one.service": unit("", wantedBy=["m.target"]),
        "inst@two.service": unit("[Unit]\n", override="file", wantedBy=["m.target"]),
    }
    out = shop.build("systemd-units", units=units, packages=[package], kind="system")
    assert shown(out) == {
        "own.service": "[Service]\n",
        "other.service": "-> own.service",
        "off.service": "-> /dev/null",
        "known.service.d/overrides.conf": "[Unit]\nA=1\n",
        "inst@two.service": "[Unit]\n",
        "m.target.wants/own.service": "-> ../own.service",
        "m.target.requires/known.service": "-> /usr/lib/systemd/system/known.service",
        "m.target.upholds/quiet.service": "-> /usr/lib/systemd/system/quiet.service",
        "m.target.wants/inst@one.service": "-> /usr/lib/systemd/system/inst@.service",
        "m.target.wants/inst@two.service": "-> ../inst@two.service",
    }


def test_user_units_are_another_folder(shop: Workshop) -> None:
    package = shop.add("p", {"lib/systemd/system/known.service": ""})
    units = {"known.service": unit("text")}
    out = shop.build("systemd-units", units=units, packages=[package], kind="user")
    assert shown(out) == {"known.service": "text"}


def test_an_unknown_strategy(shop: Workshop) -> None:
    with pytest.raises(BadUnit, match="unknown overrideStrategy 'sometimes'"):
        shop.build(
            "systemd-units",
            units={"a.service": unit(override="sometimes")},
            packages=[],
            kind="system",
        )
