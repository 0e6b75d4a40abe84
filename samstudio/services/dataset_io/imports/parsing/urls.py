"""Names of images that annotation files give as URLs."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit


def path_of(url: str) -> str:
    """Return the path that a URL or path means, without host and escapes; empty for data inside the URL.

    A file of Label Studio's local storage is ``/data/local-files/?d=path``; one of a cloud is
    ``s3://bucket/path``; a plain path is itself.
    """
    if url.startswith("data:"):
        return ""
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
    except ValueError:
        return url
    for key in ("d", "filepath", "fileuri"):
        if query.get(key):
            return query[key][0].replace("\\", "/")
    windows = len(parts.scheme) == 1  # C:\photos\a.png
    return url.replace("\\", "/") if windows or not parts.path else unquote(parts.path).replace("\\", "/")
