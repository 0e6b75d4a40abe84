from pathlib import Path

import pytest

from samstudio import machine
from samstudio.machine import cores, keep_memory_together


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


def test_areas_of_memory_are_limited_where_there_are_such(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    class Library:
        def mallopt(self, option: int, value: int) -> int:
            asked.append((option, value))
            return 1

    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    monkeypatch.setattr(machine.ctypes, "CDLL", lambda _name: Library())
    assert keep_memory_together()
    assert asked == [(-8, 2)]
    monkeypatch.setattr(machine.ctypes, "CDLL", lambda _name: object())
    assert not keep_memory_together()
    monkeypatch.setenv("MALLOC_ARENA_MAX", "4")
    assert not keep_memory_together()
