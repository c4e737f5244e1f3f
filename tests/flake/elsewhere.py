"""Servers on the loopback device: repositories over git's protocol, archives, and forges.

The same server plays all: ``/NAME.git`` is git's own protocol, ``/files/…`` are files,
the rest are the addresses of GitHub, GitLab and SourceHut. It speaks TLS with the
certificate beside the tests; `http` is the same without.
"""

from __future__ import annotations

import io
import json
import os
import re
import ssl
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from dulwich.object_store import iter_tree_contents
from dulwich.objects import Blob, Commit
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import BackendRepo, DictBackend
from dulwich.web import make_wsgi_chain

CERTIFICATE = Path(__file__).parent / "data" / "loopback.pem"
DATE = "2020-01-0{}T00:00:00Z"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def shutdown_request(self, request: Any) -> None:
        if isinstance(request, ssl.SSLSocket):
            with suppress(OSError, ValueError):
                request.unwrap()  # git insists on a goodbye
        super().shutdown_request(request)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass
class Elsewhere:
    """Repositories in `folder` by name, and what was asked of the server."""

    folder: Path
    seen: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)  # Link headers by path
    redirects: dict[str, str] = field(default_factory=dict)  # addresses by path
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The server as a forge is named."""
        return f"127.0.0.1:{self.ports['https']}"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.ports['http']}"

    @property
    def https(self) -> str:
        return f"https://{self.host}"

    def git(self, name: str, *words: str, day: int = 1) -> str:
        """Run git in a repository, which is made when it is not there."""
        root = self.folder / name
        environment = {
            **os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
            **{f"GIT_{who}_NAME": "t" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "t@t" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_DATE": DATE.format(day) for who in ("AUTHOR", "COMMITTER")},
        }  # fmt: skip
        if not root.exists():
            root.mkdir()
            self.git(name, "init", "-q", "-b", "main")
        done = subprocess.run(
            ["git", "-C", str(root), *words], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, name: str, files: dict[str, str], day: int = 1) -> str:
        """Commit files of a repository; the commit's name."""
        self.git(name, "status")
        for path, text in files.items():
            file = self.folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.git(name, "add", "-A")
        self.git(name, "commit", "-qm", "x", day=day)
        return self.git(name, "rev-parse", "HEAD")

    # The server

    def answer(self, path: str) -> tuple[str, bytes]:
        """The status and body for an address of a forge or a file."""
        if path.startswith("/files/"):
            file = self.folder / path.removeprefix("/")
            return ("200 OK", file.read_bytes()) if file.is_file() else ("404 Not Found", b"")
        for pattern, reply in _FORGES:
            if found := re.fullmatch(pattern, path):
                root = self.folder / found["repo"]
                if not root.is_dir():
                    return "404 Not Found", b""
                with Repo(str(root)) as repository:
                    return reply(repository, found.groupdict())
        return "404 Not Found", b""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"].encode("latin-1").decode()
        if environ.get("QUERY_STRING"):
            path += f"?{environ['QUERY_STRING']}"
        self.seen.append(path)
        self.headers.append(
            {key: value for key, value in environ.items() if key.startswith("HTTP_")}
        )
        if match := re.match(r"/([^/]+)\.git/", path):
            with Repo(str(self.folder / match[1])) as repository:
                repositories: dict[bytes, BackendRepo] = {f"/{match[1]}.git".encode(): repository}
                backend = DictBackend(repositories)
                return list(make_wsgi_chain(backend)(environ, start_response))
        if path in self.redirects:
            start_response("302 Found", [("Location", self.redirects[path])])
            return [b""]
        status, body = self.answer(path)
        extra = [("Link", self.links[path])] if path in self.links else []
        start_response(status, [("Content-Length", str(len(body))), *extra])
        return [body]


def _resolve(repository: Repo, ref: str) -> bytes | None:
    for name in (ref, f"refs/heads/{ref}", f"refs/tags/{ref}"):
        if Ref(name.encode()) in repository.refs:
            return bytes(repository.refs[Ref(name.encode())])
    return ref.encode() if re.fullmatch("[0-9a-f]{40}", ref) else None


def _tape(repository: Repo, sha: bytes) -> bytes:
    """A commit as forges archive it: in one folder, all files at the commit's time."""
    commit = repository[sha]
    assert isinstance(commit, Commit)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tape:
        for entry in iter_tree_contents(repository.object_store, commit.tree):
            assert entry.path is not None and entry.sha is not None
            blob = repository[entry.sha]
            assert isinstance(blob, Blob)
            info = tarfile.TarInfo(f"repo-{sha.decode()[:7]}/{entry.path.decode()}")
            info.size, info.mtime, info.mode = len(blob.data), commit.commit_time, 0o664
            tape.addfile(info, io.BytesIO(blob.data))
    return made.getvalue()


Reply = Callable[[Repo, dict[str, str]], tuple[str, bytes]]


def _archive(repository: Repo, given: dict[str, str]) -> tuple[str, bytes]:
    return "200 OK", _tape(repository, given["rev"].encode())


def _github(repository: Repo, given: dict[str, str]) -> tuple[str, bytes]:
    sha = _resolve(repository, given["ref"])
    if sha is None:
        return "422 Unprocessable Entity", b"{}"
    commit = repository[sha]
    assert isinstance(commit, Commit)
    told = {"sha": sha.decode(), "commit": {"tree": {"sha": commit.tree.decode()}}}
    return "200 OK", json.dumps(told).encode()


def _gitlab(repository: Repo, given: dict[str, str]) -> tuple[str, bytes]:
    sha = _resolve(repository, given["ref"])
    return "200 OK", json.dumps([{"id": sha.decode()}] if sha else []).encode()


def _head(repository: Repo, given: dict[str, str]) -> tuple[str, bytes]:
    return "200 OK", b"ref: refs/heads/main\n"


def _refs(repository: Repo, given: dict[str, str]) -> tuple[str, bytes]:
    lines = [
        b"%s\t%s\n" % (sha, name)
        for name, sha in sorted(repository.refs.as_dict().items())
        if name.startswith(b"refs/")
    ]
    return "200 OK", b"".join(lines)


_FORGES: list[tuple[str, Reply]] = [
    (r"/api/v3/repos/[^/]+/(?P<repo>[^/]+)/commits/(?P<ref>.+)", _github),
    (r"/api/v3/repos/[^/]+/(?P<repo>[^/]+)/tarball/(?P<rev>.+)", _archive),
    (r"/api/v4/projects/[^/]+/(?P<repo>[^/]+)/repository/commits\?ref_name=(?P<ref>.+)", _gitlab),
    (
        r"/api/v4/projects/[^/]+/(?P<repo>[^/]+)/repository/archive.tar.gz\?sha=(?P<rev>.+)",
        _archive,
    ),
    (r"/~[^/]+/(?P<repo>[^/]+)/HEAD", _head),
    (r"/~[^/]+/(?P<repo>[^/]+)/info/refs", _refs),
    (r"/~[^/]+/(?P<repo>[^/]+)/archive/(?P<rev>[0-9a-f]+).tar.gz", _archive),
]


@contextmanager
def serving(folder: Path) -> Iterator[Elsewhere]:
    """The servers, until the end."""
    folder.mkdir(exist_ok=True)
    (folder / "files").mkdir(exist_ok=True)
    world = Elsewhere(folder)
    servers = []
    for scheme in ("http", "https"):
        server = make_server("127.0.0.1", 0, world, server_class=_Server, handler_class=_Quiet)
        if scheme == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        world.ports[scheme] = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        servers.append((server, thread))
    try:
        yield world
    finally:
        for server, thread in servers:
            server.shutdown()
            thread.join()
            server.server_close()
