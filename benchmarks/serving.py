"""A real app in a process of its own, and what its page asks of it, for benchmarks to drive."""

from __future__ import annotations

import sys
import time
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.processes import App


class ServedApp:
    """``samstudio serve`` on a storage folder; a context manager."""

    def __init__(self, storage: Path) -> None:
        self._storage = storage

    def __enter__(self) -> ServedApp:
        started = time.perf_counter()
        command = [sys.executable, "-m", "samstudio", "--storage", str(self._storage), "serve", "--port", "0"]
        self._app = App.of_command(command)
        self.url = self._app.url.rstrip("/")
        requests.get(self.url, timeout=30).raise_for_status()
        self.first_page_seconds = time.perf_counter() - started
        return self

    def __exit__(self, *_: object) -> None:
        self._app.stop()

    def resident_bytes(self) -> int:
        """Resident memory of the app's process, in bytes."""
        return int(psutil.Process(self._app.process.pid).memory_info().rss)

    def ask(self, function: str, data: dict[str, Any]) -> dict[str, Any]:
        """Call one of the canvas's server functions, as its JavaScript does."""
        body = {
            "session_hash": "benchmark",
            "component_id": self._canvas_id,
            "fn_name": function,
            "data": data,
        }
        answer = requests.post(f"{self.url}/gradio_api/component_server", json=body, timeout=120)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        if "error" in found:
            raise SystemExit(f"{function}: {found['error']}")
        return found

    @cached_property
    def _canvas_id(self) -> int:
        components = requests.get(f"{self.url}/config", timeout=30).json()["components"]
        return next(int(c["id"]) for c in components if c["props"].get("elem_id") == "canvas")

    def upload(self, data: bytes, filename: str) -> str:
        """Upload one image as the page does; returns its id."""
        answer = requests.post(
            f"{self.url}/api/v1/images",
            params={"filename": filename},
            data=data,
            headers={"Content-Type": "application/octet-stream"},
            timeout=60,
        )
        answer.raise_for_status()
        return str(answer.json()["image"]["id"])
