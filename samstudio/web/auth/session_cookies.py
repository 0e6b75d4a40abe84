"""Signed session cookies, and the key that signs them.

The server stores only the key: a session ends by its age, by logging out, or
for everyone at once when the password changes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import HTTPConnection

from samstudio.authors import short_name
from samstudio.files import write_with
from samstudio.web.auth.policy import Policy

HUGGINGFACE = "huggingface"
PROVIDERS = frozenset({HUGGINGFACE})
"""Those whose logins name a person: their users are ``provider:name``."""

LIFETIME = 14 * 24 * 3600
"""Seconds until a session expires."""


class SessionCookies:
    """A signer and verifier of the session cookie's values."""

    def __init__(self, *, key: str, policy: Policy, lifetime: int = LIFETIME) -> None:
        self.lifetime = lifetime
        # Cookies do not know ports: two studios on one machine need two names.
        self.cookie = f"samstudio_{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        self._signer = URLSafeTimedSerializer(
            [key + _credentials_digest(policy)],
            salt="samstudio.session",
            signer_kwargs={"digest_method": hashlib.sha256},
        )

    def issue(self, user: str) -> str:
        """Return the cookie's value for an authenticated user."""
        return str(self._signer.dumps(user))

    def user(self, value: str | None) -> str | None:
        """Return the user of a cookie's value; None for no value, an expired or a forged one."""
        if not value:
            return None
        try:
            return str(self._signer.loads(value, max_age=self.lifetime))
        except BadData:
            return None

    def login_name(self, request: HTTPConnection) -> str | None:
        """Return the name that a request's login says of a person; None without one, or with a password."""
        provider, _, name = (self.user(request.cookies.get(self.cookie)) or "").partition(":")
        return short_name(name) if provider in PROVIDERS else None


def _credentials_digest(policy: Policy) -> str:
    """Return a digest of the accepted credentials, so that changing them ends all sessions."""
    parts = [part.get_secret_value() if part else "" for part in (policy.password, policy.token)]
    parts += sorted(policy.provider.allowed) if policy.provider else []
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def session_key(storage: Path) -> str:
    """Return the key in the storage folder, made at the first start; only its owner may read the file."""
    path = storage / "session.key"
    if not path.is_file() or len(path.read_text()) < 64:
        write_with(path, _write_key)
    with suppress(OSError):  # a mounted bucket knows no permissions
        path.chmod(0o600)
    return path.read_text()


def _write_key(path: Path) -> None:
    # Nobody else may read it, from its first byte on.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
