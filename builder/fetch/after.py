"""What a derivation does with what was fetched, before its hash is looked at.

Environment: ``postFetch``, commands of bash that find the result at ``$out``
and may change it, and the file that came at ``$downloadedFile``; ``tools``,
the tree that they run over. They see no network.
"""

from __future__ import annotations

from pathlib import Path

from builder.realise.builtin import BuildContext


def finish(context: BuildContext, folder: Path) -> None:
    """Run ``postFetch``, if there is one, over ``out`` and ``file`` in `folder`, and move ``out``
    to the output. Raises BuildError when the commands fail."""
    commands = context.env.get("postFetch")
    if commands:
        context.run(
            ["bash", "-eu", "-o", "pipefail", "-c", commands],
            tools=context.env["tools"],
            binds={"/build": folder},
            env={
                "out": "/build/out",
                "downloadedFile": "/build/file",
                "TMPDIR": "/build",
                "HOME": "/build",
            },
            cwd="/build",
        )
    (folder / "out").rename(context.outputs["out"])
