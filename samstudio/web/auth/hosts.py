"""Host names: which are this machine's own, and which requests are cross-site."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def bare(name: str) -> str:
    """Return a host name or address in lower case, without brackets and without a final dot."""
    return name.strip().lower().removeprefix("[").removesuffix("]").removesuffix(".")


def is_local(name: str) -> bool:
    """Tell whether only this machine can reach a host; a name that needs looking up counts as reachable."""
    name = bare(name)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def host_of(netloc: str | None) -> str:
    """Return the name in ``name:port``, as `bare` gives it; empty where there is none or it is malformed."""
    try:
        return bare(urlsplit(f"//{netloc or ''}").hostname or "")
    except ValueError:
        return ""


def is_cross_site(
    headers: Headers, *, method: str, allowed: frozenset[str] = frozenset(), framed: bool = False
) -> bool:
    """Tell whether a page of another site made the browser send this request.

    Browsers send ``Sec-Fetch-Site`` (over https, and to this machine); without it
    the ``Origin`` is compared with the host that was asked. Following a link is
    harmless; being shown in another site's frame allows clickjacking, so it counts
    as cross-site. Programs other than browsers send neither header.

    Args:
        headers: the request's headers.
        method: the request's HTTP method.
        allowed: further names that the ``Origin`` may have, as a proxy's.
        framed: whether the app may be shown in another site's frame.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none") and not _is_allowed_navigation(
            headers, method, site, framed
        )
    origin = headers.get("origin")
    if origin is None:
        return False
    netloc = origin.partition("://")[2].lower()
    return netloc != headers.get("host", "").lower() and host_of(netloc) not in allowed


def _is_allowed_navigation(headers: Headers, method: str, site: str, framed: bool) -> bool:
    """Tell whether the browser navigates: to a link, or in a frame that is allowed."""
    if method not in ("GET", "HEAD") or headers.get("sec-fetch-mode") != "navigate":
        return False
    return framed or site == "same-site" or headers.get("sec-fetch-dest", "document") == "document"
