"""Addresses and names: which are this machine's own, and which requests another site's page sent."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def bare(name: str) -> str:
    """A host name or address in lower case, without brackets and without a final dot."""
    return name.strip().lower().removeprefix("[").removesuffix("]").removesuffix(".")


def is_local(name: str) -> bool:
    """Whether only this machine can reach it. A name that would have to be looked up counts as reachable."""
    name = bare(name)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def host_of(netloc: str | None) -> str:
    """The name in ``name:port``, as `bare` gives it; empty where there is none or it is malformed."""
    try:
        return bare(urlsplit(f"//{netloc or ''}").hostname or "")
    except ValueError:
        return ""


def foreign(
    headers: Headers, *, method: str, allowed: frozenset[str] = frozenset(), framed: bool = False
) -> bool:
    """Whether a page of another site made the browser send this request.

    Browsers say so themselves in ``Sec-Fetch-Site`` (over https, and to this
    machine); else the ``Origin`` is compared with the host that was asked, or
    must be one of the ``allowed`` names. Following a link is nobody's attack;
    being shown in another site's frame, to have one's clicks taken, may be,
    unless the app is meant to be ``framed``. Programs other than browsers send
    neither header.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none") and not _followed(headers, method, site, framed)
    origin = headers.get("origin")
    if origin is None:
        return False
    netloc = origin.partition("://")[2].lower()
    return netloc != headers.get("host", "").lower() and host_of(netloc) not in allowed


def _followed(headers: Headers, method: str, site: str, framed: bool) -> bool:
    """Whether it is a link that was followed, or a frame that may be."""
    if method not in ("GET", "HEAD") or headers.get("sec-fetch-mode") != "navigate":
        return False
    return framed or site == "same-site" or headers.get("sec-fetch-dest", "document") == "document"
