"""Requests to an S3-compatible service: addresses, credentials and signatures.

``s3://BUCKET[/PREFIX]?endpoint=HOST[:PORT]&region=REGION&scheme=http&profile=NAME``.
Signatures are of AWS's "Signature Version 4". Buckets are named in the path,
which every service understands.
"""

from __future__ import annotations

import configparser
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from builder.store.cache.errors import CacheError

_REGION = "us-east-1"
_NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who asks."""

    key: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs requests to the files below the URL `base`; without credentials it signs nothing."""

    base: str
    region: str
    credentials: Credentials | None
    now: Callable[[], datetime] = _now

    def __call__(self, method: str, url: str, digest: str) -> Mapping[str, str]:
        """The headers that a request needs besides its own; `digest` is its body's SHA-256."""
        if self.credentials is None:
            return {}
        moment = self.now().strftime("%Y%m%dT%H%M%SZ")
        headers = {
            "host": urlsplit(url).netloc,
            "x-amz-content-sha256": digest,
            "x-amz-date": moment,
        }
        if self.credentials.token:
            headers["x-amz-security-token"] = self.credentials.token
        names = ";".join(sorted(headers))
        request = "\n".join(
            [
                method,
                quote(urlsplit(url).path, safe="/~%"),
                "",
                *(f"{name}:{headers[name]}" for name in sorted(headers)),
                "",
                names,
                digest,
            ]
        )
        scope = f"{moment[:8]}/{self.region}/s3/aws4_request"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashed}"
        signature = hmac.new(self._key(moment[:8]), text.encode(), "sha256").hexdigest()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.credentials.key}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}"
        )
        return headers

    def _key(self, day: str) -> bytes:
        assert self.credentials is not None
        key = f"AWS4{self.credentials.secret}".encode()
        for word in (day, self.region, "s3", "aws4_request"):
            key = hmac.new(key, word.encode(), "sha256").digest()
        return key


def signer_for(
    bucket: str, prefix: str, settings: Mapping[str, str], environment: Mapping[str, str]
) -> Signer:
    """The signer for a bucket; raises CacheError without an endpoint."""
    if not bucket:
        raise CacheError("an S3 cache needs a bucket", hint="write s3://BUCKET?endpoint=HOST")
    endpoint = settings.get("endpoint") or environment.get("AWS_ENDPOINT_URL", "")
    if not endpoint:
        raise CacheError(
            f"the cache 's3://{bucket}' does not say which service it is at",
            hint="add ?endpoint=HOST to it, or set AWS_ENDPOINT_URL",
        )
    if "://" not in endpoint:
        endpoint = f"{settings.get('scheme', 'https')}://{endpoint}"
    return Signer(
        base=f"{endpoint.rstrip('/')}/{bucket}{prefix.rstrip('/')}",
        region=settings.get("region") or environment.get("AWS_REGION") or _REGION,
        credentials=_credentials(settings.get("profile"), environment),
    )


def _credentials(profile: str | None, environment: Mapping[str, str]) -> Credentials | None:
    """From the environment, else from the shared credentials file; None for neither."""
    key, secret, token = (environment.get(name) for name in _NAMES)
    if profile is None and key and secret:
        return Credentials(key=key, secret=secret, token=token)
    home = Path(environment.get("HOME", "/root"))
    file = environment.get("AWS_SHARED_CREDENTIALS_FILE") or home / ".aws/credentials"
    known = configparser.ConfigParser(interpolation=None)
    known.read(file, encoding="utf-8")
    name = profile or environment.get("AWS_PROFILE") or "default"
    if name not in known:
        if profile is not None:
            raise CacheError(f"'{file}' has no profile '{profile}'")
        return None
    section = {key.upper(): value for key, value in known[name].items()}
    key, secret, token = (section.get(name) for name in _NAMES)
    return Credentials(key=key, secret=secret, token=token) if key and secret else None
