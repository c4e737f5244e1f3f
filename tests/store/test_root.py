"""Where a store lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.store.errors import StoreError
from builder.store.root import default_root, root_folder


def test_default_root() -> None:
    assert default_root({"NEVE_STORE": "/a"}) == Path("/a")
    assert default_root({"XDG_DATA_HOME": "/d", "HOME": "/h"}) == Path("/d/neve")
    assert default_root({"HOME": "/h"}) == Path("/h/.local/share/neve")


@pytest.mark.parametrize("text", ["dummy://", "ssh://host", "local://?root=/a"])
def test_what_is_no_folder(text: str) -> None:
    with pytest.raises(StoreError, match="is no folder"):
        root_folder(text)
    with pytest.raises(StoreError, match="is no folder"):
        default_root({"NEVE_STORE": text})
    assert root_folder("a:/b") == Path("a:/b")
