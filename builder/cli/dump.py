"""``python -m builder.cli.dump PATH``: a path's archive on standard output."""

from __future__ import annotations

import sys

from builder.store.nar import dump

if __name__ == "__main__":
    dump(sys.argv[1], sys.stdout.buffer.write)
