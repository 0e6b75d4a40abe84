"""The container's health check against a real server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from docker import healthcheck


@contextmanager
def handle_errors(status: int) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()
            self.wfile.write(b'{"status": "whatever"}')

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], int]:
    def asked(port: int) -> int:
        monkeypatch.setenv("SAMSTUDIO_PORT", str(port))
        return healthcheck.main()

    return asked


def test_an_app_that_is_well_passes(ask: Callable[[int], int], capsys: pytest.CaptureFixture[str]) -> None:
    with handle_errors(200) as port:
        assert ask(port) == 0
    assert "200" in capsys.readouterr().out


def test_an_app_that_is_not_well_fails(ask: Callable[[int], int]) -> None:
    with handle_errors(503) as port:
        assert ask(port) == 1


def test_silence_fails(ask: Callable[[int], int], capsys: pytest.CaptureFixture[str]) -> None:
    with handle_errors(200) as port:
        pass
    assert ask(port) == 1
    assert f"nothing answers on port {port}" in capsys.readouterr().out
