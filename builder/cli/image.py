"""``build-image``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from builder.cli.attribute import split_installable
from builder.cli.building import build_named
from builder.cli.errors import UsageError
from builder.cli.installable import find
from builder.cli.options import session_of
from builder.image.output import copy_image
from builder.lang.errors import nearest

_FILES = ("disk.raw", "image.iso")


def run(words: argparse.Namespace) -> int:
    """Build a machine's image and put a copy where the user wants it."""
    session = session_of(words)
    reference, machine = split_installable(words.machine)
    if not machine:
        raise UsageError("name a machine", hint=f"for example {reference}#minimal")
    images = f'{reference}#nixosConfigurations."{machine}".config.system.build.images'
    try:
        path = build_named(session, f'{images}."{words.format}"', prefixes=("",))
    except UsageError:
        _check_format(words.format, find(session, images, prefixes=("",), default="").value)
        raise
    folder = session.store.real_path(path)
    (source,) = [folder / name for name in _FILES if (folder / name).is_file()]
    target = words.output or Path(f"{machine}-{words.format}{source.suffix}")
    copy_image(source, target.absolute())
    print(target)
    return 0


def _check_format(name: str, known: Mapping[str, object]) -> None:
    """Raise the error of an unknown format."""
    if name in known:
        return
    near = nearest(name, known)
    raise UsageError(
        f"there is no image format '{name}'",
        hint=f"did you mean {near[0]}?" if near else f"the formats are {', '.join(sorted(known))}",
    )
