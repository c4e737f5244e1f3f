"""``nix-store --serve``: the far end of ``nix copy --to ssh://HOST`` on a Neve machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from builder.cli.errors import UsageError
from builder.cli.main import guarded


def nix_store(arguments: Sequence[str] | None = None) -> int:
    """The command ``nix-store``, as far as other machines call it."""
    return guarded(lambda: _run(list(sys.argv[1:] if arguments is None else arguments)))


def _run(words: list[str]) -> int:
    from builder.store.local import LocalStore
    from builder.store.root import default_root
    from builder.store.serve_protocol import serve

    unknown = [word for word in words if word not in ("--serve", "--write")]
    if "--serve" not in words or unknown:
        raise UsageError(
            "this machine's nix-store only serves other machines (--serve, --write)",
            hint="'neve store --help' has what is for people",
        )
    store = LocalStore(default_root(os.environ))
    serve(store, sys.stdin.buffer, sys.stdout.buffer, writable="--write" in words)
    return 0
