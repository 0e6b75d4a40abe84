"""A real app in a process of its own, for benchmarks to talk to."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import requests


class App:
    """``python -m samstudio serve`` on a storage folder; a context manager."""

    def __init__(self, storage: Path) -> None:
        self._storage = storage

    def __enter__(self) -> App:
        started = time.perf_counter()
        command = [sys.executable, "-m", "samstudio", "--storage", str(self._storage), "serve", "--port", "0"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ}
        )
        assert self._process.stdout is not None
        line = next((text for text in self._process.stdout if "ready at" in text), None)
        if line is None:
            raise SystemExit(f"the app did not start: {' '.join(command)}")
        self.url = line.split("ready at ")[1].strip().rstrip("/")
        assert requests.get(self.url, timeout=30).status_code == 200
        self.first_page_seconds = time.perf_counter() - started
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def resident_bytes(self) -> int:
        """Resident memory of the app's process, in bytes."""
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def ask(self, verb: str, data: dict[str, Any]) -> dict[str, Any]:
        """Call one of the canvas's server functions, as its JavaScript does."""
        body = {
            "session_hash": "benchmark",
            "component_id": self._canvas_id(),
            "fn_name": verb,
            "data": data,
        }
        answer = requests.post(f"{self.url}/gradio_api/component_server", json=body, timeout=120)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        if "error" in found:
            raise SystemExit(f"{verb}: {found['error']}")
        return found

    def _canvas_id(self) -> int:
        if not hasattr(self, "_id"):
            components = requests.get(f"{self.url}/config", timeout=30).json()["components"]
            self._id = next(c["id"] for c in components if c["props"].get("elem_id") == "canvas")
        return int(self._id)

    def upload(self, data: bytes, filename: str) -> str:
        """Upload one image as the page does; returns its id."""
        answer = requests.post(
            f"{self.url}/studio/upload",
            params={"filename": filename},
            data=data,
            headers={"X-Studio": "upload"},
            timeout=60,
        )
        answer.raise_for_status()
        return str(answer.json()["image"]["id"])
