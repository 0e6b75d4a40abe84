from pathlib import Path

import pytest

from samstudio.machine import cores


def limited(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    "files",
    [
        {"cpu.max": "100000 100000\n"},
        {"cpu.max": "50000 100000\n"},
        {"cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "100000\n"},
    ],
)
def test_a_containers_limit_counts(tmp_path: Path, files: dict[str, str]) -> None:
    assert cores(limited(tmp_path, files)) == 1


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"cpu.max": "max 100000\n"},
        {"cpu.max": "nonsense"},
        {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"},
        {"cpu.max": "90000000 100000\n"},
    ],
)
def test_without_a_limit_all_that_are_allowed_are_used(tmp_path: Path, files: dict[str, str]) -> None:
    nowhere = tmp_path / "nowhere"
    assert cores(limited(tmp_path, files)) == cores(nowhere) >= 1
