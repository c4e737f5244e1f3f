"""``FLAKE#MACHINE``: the evaluated configuration that words of a command line name."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

from builder.cli.attribute import split_installable
from builder.cli.errors import UsageError
from builder.cli.installable import find
from builder.cli.session import Session

_PREFIXES = ("nixosConfigurations", "homeConfigurations", "")


def machine_options(session: Session, text: str) -> Mapping[str, Any]:
    """The tree of options of a machine (or a home).

    Without a name after ``#``, it is the flake's machine of this host's name,
    or its only one. Raises `UsageError`.
    """
    reference, attribute = split_installable(text)
    if not attribute:
        attribute = _only(session, reference)
    found = find(session, f"{reference}#{attribute}", prefixes=_PREFIXES, default="")
    value = found.value
    if not isinstance(value, dict) or "options" not in value:
        raise UsageError(
            f"'{'.'.join(found.path)}' has no options: it is no machine",
            hint="name one of the flake's nixosConfigurations",
        )
    options = session.evaluator.force(value["options"])
    assert isinstance(options, dict)
    return options


def _only(session: Session, reference: str) -> str:
    _, outputs = session.outputs(reference)
    machines = session.evaluator.force(outputs.get("nixosConfigurations", {}))
    host = socket.gethostname()
    if host in machines:
        return host
    if len(machines) == 1:
        return str(next(iter(machines)))
    shown = ", ".join(f"{reference}#{name}" for name in sorted(machines))
    raise UsageError(
        f"flake '{reference}' has {len(machines)} machines, and none of this host's name",
        hint=f"name one: {shown}" if machines else "a flake's machines are its nixosConfigurations",
    )
