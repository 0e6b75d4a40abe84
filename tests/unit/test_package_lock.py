"""What checks the JavaScript is pinned by version and content, from whichever registry npm is set to."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_lock_pins_contents_and_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = {path: package for path, package in packages.items() if path}
    assert installed
    assert all(package.get("integrity") for package in installed.values())
    assert not any("resolved" in package for package in installed.values())


def test_each_tool_is_pinned_exactly() -> None:
    versions = json.loads((ROOT / "package.json").read_text())["devDependencies"].values()
    assert all(version[0].isdigit() for version in versions)
