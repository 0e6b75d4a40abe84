"""A Chromium for the tests: finds one, or gets one. ``python -m tests.browser`` does so and says which.

In this order: the one named by ``SAMSTUDIO_CHROMIUM``, the system's, one that
Playwright fetched before; then Debian's package where apt can install it;
then Playwright's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)
"""Flags that keep a browser from talking to anyone but the page under test."""


def chromium_path() -> str | None:
    """The executable to drive; None where there is none."""
    named = os.environ.get("SAMSTUDIO_CHROMIUM")
    if named:
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None) or _playwrights()


def arguments() -> list[str]:
    """Flags to start it with; root may not use Chromium's sandbox."""
    return [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def _from_debian() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"],
    )
    return all(subprocess.run(command, env=environment, check=False).returncode == 0 for command in commands)


def _from_playwright() -> bool:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(command, check=False).returncode == 0


def ensure() -> str:
    """A Chromium's path, fetched if need be; raises RuntimeError saying what was tried."""
    for get in (lambda: True, _from_debian, _from_playwright):
        if get() and (path := chromium_path()):
            return path
    raise RuntimeError(
        "no Chromium: none is installed, apt could not install one, Playwright could not fetch one. "
        "Install one and name it in SAMSTUDIO_CHROMIUM."
    )


if __name__ == "__main__":
    try:
        print(f"tests use {ensure()}")
    except RuntimeError as error:
        sys.exit(str(error))
