"""The password and the token go nowhere but to the authentication."""

from __future__ import annotations

import json
import os

import pytest
from pydantic import ValidationError

from samstudio.config import SECRETS, Settings
from samstudio.runners.local import without_secrets

PASSWORD, TOKEN = "a secret password", "a secret token, long"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("SAMSTUDIO_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SAMSTUDIO_PASSWORD", PASSWORD)
    monkeypatch.setenv("SAMSTUDIO_TOKEN", TOKEN)


def test_they_are_read_and_not_shown() -> None:
    settings = Settings()
    assert settings.password is not None
    assert settings.password.get_secret_value() == PASSWORD
    for shown in (repr(settings), str(settings), json.dumps(settings.model_dump(mode="json"))):
        assert "secret" not in shown


def test_a_jobs_process_gets_neither() -> None:
    passed = {**without_secrets(os.environ), **Settings().to_environment()}
    assert not [value for value in passed.values() if value in (PASSWORD, TOKEN) or "**" in value]
    assert not {f"SAMSTUDIO_{name.upper()}" for name in SECRETS} & passed.keys()
    assert "SAMSTUDIO_MODEL" in passed


def test_one_that_is_too_short_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSTUDIO_PASSWORD", "hunter2")
    with pytest.raises(ValidationError, match="password") as refused:
        Settings()
    assert "hunter2" not in str(refused.value)


def test_one_that_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSTUDIO_PASSWORD", "")
    assert Settings().password is None


def test_every_secret_field_is_among_the_secrets() -> None:
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert secret == set(SECRETS)
