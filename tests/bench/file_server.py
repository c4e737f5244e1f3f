"""A folder over HTTP, for the benchmarks: by nginx, as public caches are served."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from builder.realise.sandbox import Bind
from tests.reference import pinned

_SETTINGS = """\
daemon off;
master_process off;
pid /tmp/pid;
events {{ }}
http {{
  access_log off;
  sendfile on;
  keepalive_requests 100000;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder};
  }}
}}
"""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The URL at which the files of `folder` can be had meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        settings = folder.with_name(f"{folder.name}.nginx")
        settings.write_text(_SETTINGS.format(port=port, folder=folder))
        box = pinned.sandbox("web")
        box = replace(
            box,
            network=True,
            binds=tuple(Bind(source=path, target=str(path)) for path in (folder, settings)),
            # It takes the socket over, as from a predecessor: whoever connects first waits for it.
            env={**box.env, "NGINX": f"{listening.fileno()};"},
        )
        command = box.argv(["nginx", "-e", "stderr", "-c", str(settings)])
        with subprocess.Popen(command, pass_fds=[listening.fileno()]) as server:
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()
