from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samstudio.config import Settings
from samstudio.spaces.place import is_kept, notices, space_of, with_space_defaults
from tests.unit.spaces.conftest import SPACE, ZERO

IsMount = Callable[[Path], bool]


def test_a_space_is_known_by_its_variables() -> None:
    assert space_of({}) is None
    space = space_of({**SPACE, "ACCELERATOR": "cpu-basic"})
    assert space is not None
    assert (space.id, space.zero_gpu, space.hardware) == ("ada/studio", False, "cpu-basic")
    zero = space_of(ZERO)
    assert zero is not None
    assert zero.zero_gpu


def test_what_lies_on_a_volume_is_kept(volume: Path, is_mount: IsMount, tmp_path: Path) -> None:
    assert is_kept(volume, is_mount)
    assert is_kept(volume / "not" / "there" / "yet", is_mount)
    assert not is_kept(tmp_path / "storage", is_mount)
    assert not is_kept(tmp_path, lambda path: path == Path("/"))  # every disk is mounted somewhere


def test_elsewhere_nothing_changes(volume: Path) -> None:
    settings = Settings()
    assert with_space_defaults(settings, {}, volume=volume, is_mount=lambda _: True) is settings


def test_on_a_space_storage_is_on_the_volume_and_the_database_beside_it(
    volume: Path, is_mount: IsMount
) -> None:
    settings = with_space_defaults(Settings(), SPACE, volume=volume, is_mount=is_mount)
    assert settings.host == "0.0.0.0"
    assert settings.storage == volume / "samstudio"
    assert settings.database_copy == volume / "samstudio" / "studio.db"
    assert not Path(settings.resolved_database_url.removeprefix("sqlite:///")).is_relative_to(volume)
    assert (settings.model, settings.device) == ("vit_t", "auto")


def test_without_a_volume_storage_is_where_it_always_is(volume: Path) -> None:
    settings = with_space_defaults(Settings(), SPACE, volume=volume, is_mount=lambda _: False)
    assert settings.storage == Path("storage")
    assert (settings.database_url, settings.database_copy) == (None, None)


def test_what_the_owner_chose_stays(volume: Path, is_mount: IsMount, tmp_path: Path) -> None:
    url = "postgresql+psycopg://me@host/studio"
    chosen = Settings(host="127.0.0.2", storage=tmp_path, database_url=url, model="vit_t", device="cuda")
    assert with_space_defaults(chosen, ZERO, volume=volume, is_mount=is_mount) == chosen
    on_it = Settings(storage=volume / "mine", database_url=url)
    assert with_space_defaults(on_it, SPACE, volume=volume, is_mount=is_mount).database_copy is None


def test_zero_gpu_computes_on_the_cpu_with_a_model_that_a_gpu_helps(volume: Path, is_mount: IsMount) -> None:
    settings = with_space_defaults(Settings(), ZERO, volume=volume, is_mount=is_mount)
    assert (settings.model, settings.device) == ("vit_b", "cpu")


@pytest.mark.parametrize(
    ("environment", "storage", "titles"),
    [
        ({}, "disk", []),
        (SPACE, "data/samstudio", []),
        (SPACE, "disk", ["Nothing here is kept"]),
        (ZERO, "data/samstudio", ["No fine-tuning here"]),
        (ZERO, "disk", ["Nothing here is kept", "No fine-tuning here"]),
    ],
)
def test_the_page_says_what_holds_here(
    environment: dict[str, str], storage: str, titles: list[str], tmp_path: Path, is_mount: IsMount
) -> None:
    found = notices(Settings(storage=tmp_path / storage), environment, is_mount)
    assert [one["title"] for one in found] == titles
    assert all(one["text"].endswith(".") for one in found)
