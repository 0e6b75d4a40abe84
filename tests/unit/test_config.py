import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from samstudio.config import Settings


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in list(os.environ):
        if name.startswith("SAMSTUDIO_"):
            monkeypatch.delenv(name)


def test_defaults_serve_on_this_machine_only():
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert settings.model == "vit_t"
    assert settings.storage == Path("storage")
    assert settings.weights_dir.parts[-2:] == ("samstudio", "weights")


def test_the_environment_decides(monkeypatch):
    monkeypatch.setenv("SAMSTUDIO_MODEL", "vit_b")
    monkeypatch.setenv("SAMSTUDIO_PORT", "80")
    assert (Settings().model, Settings().port) == ("vit_b", 80)


def test_the_database_lies_in_the_storage_folder_unless_told(tmp_path):
    assert Settings(storage=tmp_path).resolved_database_url == f"sqlite:///{tmp_path / 'studio.db'}"
    assert Settings(storage=Path("here")).resolved_database_url.startswith(f"sqlite:///{Path.cwd()}")
    url = "postgresql+psycopg://me@host/studio"
    assert Settings(database_url=url).resolved_database_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 70_000),
        ("threads", 0),
        ("max_image_megapixels", 0),
        ("max_upload_mb", 0),
        ("job_stale_seconds", -1),
        ("tune_max_seconds", 0),
        ("embedding_cache_mb", 1),
        ("nonsense", 1),
    ],
)
def test_bad_values_are_refused(name, value):
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: value})


def test_settings_do_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_each_setting_says_what_it_is_for():
    for name, field in Settings.model_fields.items():
        assert field.description, name


def test_a_child_process_gets_the_same_settings(monkeypatch, tmp_path):
    chosen = Settings(storage=tmp_path, model="vit_l", port=9, checkpoint=tmp_path / "a.pth")
    for name, value in chosen.to_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == chosen
