"""Who is logged in: a signed cookie, and the key that signs it.

Nothing is kept on the server but the key, so a session ends by its age, by
logging out, or for everyone at once when the password changes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from samstudio.web.auth.policy import Policy

LIFETIME = 14 * 24 * 3600
"""Seconds after which one logs in again."""


class SessionCookies:
    """Makes and reads the values of the session cookie."""

    def __init__(self, *, key: str, policy: Policy, lifetime: int = LIFETIME) -> None:
        self.lifetime = lifetime
        # Cookies do not know ports: two studios on one machine need two names.
        self.cookie = f"samstudio_{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        self._signer = URLSafeTimedSerializer(
            [key + _opened_by(policy)],
            salt="samstudio.session",
            signer_kwargs={"digest_method": hashlib.sha256},
        )

    def begin(self, user: str) -> str:
        """The cookie's value for someone who showed that they may come in."""
        return str(self._signer.dumps(user))

    def user(self, value: str | None) -> str | None:
        """Who a cookie's value lets in; None for none, an old one, or one that we did not sign."""
        if not value:
            return None
        try:
            return str(self._signer.loads(value, max_age=self.lifetime))
        except BadData:
            return None


def _opened_by(policy: Policy) -> str:
    """What a session was opened by, as a digest: another password, and all sessions are over."""
    parts = [part.get_secret_value() if part else "" for part in (policy.password, policy.token)]
    parts += sorted(policy.provider.allowed) if policy.provider else []
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def session_key(storage: Path) -> str:
    """The key in the storage folder, made at the first start; only its owner may read the file."""
    path = storage / "session.key"
    if not path.is_file() or len(path.read_text()) < 64:
        storage.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        beside.replace(path)
    with suppress(OSError):  # a mounted bucket knows no permissions
        path.chmod(0o600)
    return path.read_text()
