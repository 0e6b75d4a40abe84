"""Which credentials are required: decided once, from the settings and the address the app listens on.

On this machine's own address none are, unless a password or a token is set.
On any other address some always are: without a configured one, a password is
generated for this run. ``SAMSTUDIO_OPEN`` turns authentication off.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import SecretStr

from samstudio.config import Settings, listed
from samstudio.domain import InvalidInput
from samstudio.web.auth.hosts import LOCAL_NAMES, bare, is_local
from samstudio.web.auth.provider import Provider, provider_of

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look like others."""


@dataclass(frozen=True)
class Policy:
    """Accepted credentials and allowed hosts (``hosts``; None: any)."""

    password: SecretStr | None = None
    token: SecretStr | None = None
    provider: Provider | None = None
    generated: bool = False
    """Whether the password was generated for this run."""
    hosts: frozenset[str] | None = None
    proxies: frozenset[str] = frozenset()
    """Those of ``hosts`` that are a proxy's: pages served under these names are same-site."""
    embedded: bool = False
    """Whether the page is shown inside another site's, as on a Space."""

    @property
    def required(self) -> bool:
        """Whether any credential is required."""
        return bool(self.password or self.token or self.provider)

    @property
    def notice(self) -> str:
        """The text to print at the start; empty for none."""
        if not self.generated or self.password is None:
            return ""
        return (
            "Other machines can reach this address, and no password is set. For this run it is\n\n"
            f"    {self.password.get_secret_value()}\n\n"
            "Set SAMSTUDIO_PASSWORD to choose one yourself, SAMSTUDIO_TOKEN for scripts, "
            "or SAMSTUDIO_OPEN=true to let everyone in.\n"
        )


def decide(settings: Settings, *, host: str, environment: Mapping[str, str]) -> Policy:
    """Return the policy of an app that listens on ``host``; ``environment`` says whether it is a Space.

    Raises:
        InvalidInput: the settings contradict each other.
    """
    allowed = frozenset(bare(name) for name in listed(settings.allowed_hosts))
    on_space = bool(environment.get("SPACE_ID"))
    policy = Policy(hosts=_hosts(host, allowed, on_space), proxies=allowed, embedded=on_space)
    if settings.open:
        _check_open(settings)
        return policy
    policy = replace(
        policy,
        password=settings.password,
        token=settings.token,
        provider=provider_of(environment, listed(settings.allowed_users)) if on_space else None,
    )
    exposed = on_space or not all(map(is_local, {host, *allowed}))
    if policy.required or not exposed:
        return policy
    return replace(policy, password=SecretStr(_generated_password()), generated=True)


def _check_open(settings: Settings) -> None:
    for name in ("password", "token"):
        if getattr(settings, name) is not None:
            raise InvalidInput(
                f"SAMSTUDIO_OPEN lets everyone in and SAMSTUDIO_{name.upper()} does not: unset one of them"
            )


def _hosts(host: str, allowed: frozenset[str], on_space: bool) -> frozenset[str] | None:
    """Return the accepted Host names. On localhost they are checked, against DNS rebinding."""
    if on_space or not (is_local(host) or allowed):
        return None
    return LOCAL_NAMES | allowed | {bare(host)}


def _generated_password() -> str:
    """Return a password of 79 random bits that can be read out and typed."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
