"""Forges: servers of many repositories that give each commit as an archive.

Facts of the reference types ``github``, ``gitlab`` and ``sourcehut``: their
default hosts and the addresses on a host. ``access-tokens`` of the settings say
who asks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from builder.fetch.http import read
from builder.flake.errors import FlakeError
from builder.flake.reference import FlakeRef

# The hosts that the types mean unless a reference names another.
HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "sourcehut": "git.sr.ht"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forge:
    """The repository that a reference names on its forge.

    `tokens` are secrets by host. Everything raises `FetchError` or `FlakeError`.
    """

    reference: FlakeRef
    tokens: Mapping[str, str]

    @property
    def host(self) -> str:
        """The server, with its port where it has an unusual one."""
        return self.reference.get("host") or HOSTS[self.reference.type]

    @property
    def _names(self) -> tuple[str, str]:
        return self.reference.get("owner"), self.reference.get("repo")

    @property
    def headers(self) -> dict[str, str]:
        """What tells the forge who asks; nothing without a token for its host."""
        token = self.tokens.get(self.host)
        if token is None:
            return {}
        match self.reference.type:
            case "github":
                return {"Authorization": f"token {token}"}
            case "sourcehut":
                return {"Authorization": f"Bearer {token}"}
            case _:
                kind, _, secret = token.partition(":")
                if kind == "OAuth2":
                    return {"Authorization": f"Bearer {secret}"}
                if kind == "PAT":
                    return {"Private-token": secret}
                raise FlakeError(
                    f"the access token for '{self.host}' is of the unknown kind '{kind}'",
                    hint="a GitLab token is written PAT:… or OAuth2:…",
                )

    def rev(self) -> str:
        """The commit that the reference's ``ref``, or the default branch, is at."""
        ref = self.reference.get("ref", "HEAD")
        owner, repo = self._names
        match self.reference.type:
            case "github":
                found = self._json(f"{self._api}/repos/{owner}/{repo}/commits/{ref}")
                return self._checked(found.get("sha") if isinstance(found, dict) else None, ref)
            case "gitlab":
                found = self._json(f"{self._project}/repository/commits?ref_name={ref}")
                first = found[0] if isinstance(found, list) and found else {}
                return self._checked(first.get("id"), ref)
            case _:
                return self._checked(self._listed(f"https://{self.host}/{owner}/{repo}", ref), ref)

    def archive_url(self, rev: str) -> str:
        """Where the commit's files are an archive."""
        owner, repo = self._names
        match self.reference.type:
            case "github" if self.host == HOSTS["github"] and not self.headers:
                return f"https://{self.host}/{owner}/{repo}/archive/{rev}.tar.gz"
            case "github":
                return f"{self._api}/repos/{owner}/{repo}/tarball/{rev}"
            case "gitlab":
                return f"{self._project}/repository/archive.tar.gz?sha={rev}"
            case _:
                return f"https://{self.host}/{owner}/{repo}/archive/{rev}.tar.gz"

    @property
    def _api(self) -> str:
        public = self.host == HOSTS["github"]
        return f"https://api.{self.host}" if public else f"https://{self.host}/api/v3"

    @property
    def _project(self) -> str:
        owner, repo = (quote(name, safe="") for name in self._names)
        return f"https://{self.host}/api/v4/projects/{owner}%2F{repo}"

    def _json(self, url: str) -> Any:
        try:
            return json.loads(read(url, headers=self.headers))
        except ValueError as error:
            raise FlakeError(f"'{url}' did not answer with JSON: {error}") from None

    def _listed(self, base: str, ref: str) -> str | None:
        """A reference's commit by the files that git serves to simple clients."""
        if ref == "HEAD":
            ref = self._text(f"{base}/HEAD").strip().removeprefix("ref: ")
            wanted = re.escape(ref)
        else:
            wanted = rf"refs/(?:heads|tags)/{re.escape(ref)}"
        listed = self._text(f"{base}/info/refs")
        found = re.search(rf"^([0-9a-f]{{40}})\t(?:{wanted})$", listed, re.MULTILINE)
        return found[1] if found else None

    def _text(self, url: str) -> str:
        return read(url, headers=self.headers).decode("utf-8", "replace")

    def _checked(self, rev: object, ref: str) -> str:
        if isinstance(rev, str) and re.fullmatch(r"[0-9a-f]{40}", rev):
            return rev
        raise FlakeError(
            f"{self.host} knows no branch, tag or commit '{ref}' of {'/'.join(self._names)}"
        )
