"""The package's jinja2 templates."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


def grub_quote(text: str) -> str:
    """`text` as one word of GRUB's script language."""
    return "'" + text.replace("'", "'\\''") + "'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bootloader", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # these are not HTML
    )
    environment.filters["quote"] = grub_quote
    return environment


def render(template: str, **values: object) -> bytes:
    """The template's text with `values`, in UTF-8. A missing value is an error."""
    return _environment().get_template(template).render(**values).encode()
