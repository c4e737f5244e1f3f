"""What a derivation asks an image builder for: its environment, checked."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bootloader.config import KINDS, Kind, LoaderConfig, parse_config
from bootloader.generation import Generation
from builder.image.errors import ImageError
from builder.image.logical import following
from builder.realise.builtin import BuildContext, PathFacts

_NAMESPACE = uuid.UUID("5a9a3e0e-1b77-5d0a-9c53-7d0a0a1f6e11")
EPOCH = 1  # seconds; the time of everything in an image


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """An image of one toplevel, with the closure that it carries."""

    toplevel: str
    tools: str
    closure: Sequence[PathFacts]
    loader: LoaderConfig
    format: str

    def uuid(self, purpose: str) -> uuid.UUID:
        """An identifier that depends on the system and on nothing else."""
        return uuid.uuid5(_NAMESPACE, f"{self.toplevel} {self.format} {purpose}")

    def serial(self, purpose: str) -> int:
        """A 32-bit number like `uuid`."""
        return self.uuid(purpose).int & 0xFFFFFFFF

    @property
    def generation(self) -> Generation:
        """The image's first generation."""
        return Generation(number=1, toplevel=self.toplevel, created=EPOCH)


def read_request(context: BuildContext, formats: Sequence[str]) -> ImageRequest:
    """The request in `context.env`; raises `ImageError` when it makes no sense."""
    env = context.env
    toplevel = text(env, "toplevel")
    kind = env.get("format", formats[0])
    if kind not in formats:
        raise ImageError(f"unknown image format '{kind}'", hint=f"one of: {', '.join(formats)}")
    extra = env.get("additionalPaths", "").split()
    return ImageRequest(
        toplevel=toplevel,
        tools=text(env, "tools"),
        closure=context.closure([toplevel, *extra]),
        loader=_loader(context, toplevel),
        format=kind,
    )


def text(env: Mapping[str, str], key: str) -> str:
    """A mandatory variable of the derivation's environment."""
    value = env.get(key)
    if not value:
        raise ImageError(f"the derivation's environment lacks '{key}'")
    return value


def mebibytes(context: BuildContext, key: str, default: int) -> int:
    """A size in MiB from the environment, as bytes."""
    value = context.env.get(key) or str(default)
    if not value.isdecimal():
        raise ImageError(f"'{key}' must be a number of MiB, not '{value}'")
    return int(value) << 20


def _loader(context: BuildContext, toplevel: str) -> LoaderConfig:
    path = f"{toplevel}/bootloader.json"
    try:
        content = following(context.real)(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ImageError(f"cannot read {path}: {error.strerror}") from error
    config = parse_config(content, origin=path)
    wanted = context.env.get("loader") or config.kind
    if wanted == config.kind:
        return config
    return replace(config, kind=_kind(wanted))


def _kind(value: str) -> Kind:
    for kind in KINDS:
        if kind == value:
            return kind
    raise ImageError(f"unknown boot loader '{value}'", hint=f"one of: {', '.join(KINDS)}")


def write_json(path: Path, value: object) -> None:
    """A description beside an image."""
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")
