"""Hugging Face as the identity provider of a Space, and which of its users are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr


@dataclass(frozen=True)
class Provider:
    """The OAuth app that ``hf_oauth: true`` gives a Space, and the allowed user names (lower case)."""

    url: str
    client_id: str
    client_secret: SecretStr
    scopes: str
    callback: str
    """Where Hugging Face sends the browser back to."""
    allowed: frozenset[str]


def provider_of(environment: Mapping[str, str], allowed: frozenset[str]) -> Provider | None:
    """Return the provider that a Space's variables describe; None where the Space has no ``hf_oauth``.

    Without names in ``allowed`` only the Space's owner is.
    """
    url, client, secret = (
        environment.get(name) for name in ("OPENID_PROVIDER_URL", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET")
    )
    owner = environment.get("SPACE_AUTHOR_NAME", "").lower()
    # With a domain of one's own SPACE_HOST is a list; Hugging Face knows the first.
    host = environment.get("SPACE_HOST", "").split(",")[0].strip()
    if not (url and client and secret and host):
        return None
    return Provider(
        url=url.rstrip("/"),
        client_id=client,
        client_secret=SecretStr(secret),
        scopes=environment.get("OAUTH_SCOPES") or "openid profile",
        callback=f"https://{host}/login/callback",
        allowed=allowed or frozenset({owner} - {""}),
    )


def allowed_name(provider: Provider, userinfo: Mapping[str, Any]) -> str | None:
    """Return the user's name when they, or an organisation they belong to, are allowed; else None."""
    name = str(userinfo.get("preferred_username") or "")
    orgs = userinfo.get("orgs") or []
    names = {name.lower(), *(str(org.get("preferred_username") or "").lower() for org in orgs)}
    return name if name and names & provider.allowed else None
