"""What is asked for, by settings and address."""

from __future__ import annotations

import os

import pytest

from samstudio.config import Settings
from samstudio.domain import InvalidInput
from samstudio.web.auth.policy import decide

SPACE = {
    "SPACE_ID": "Jane/studio",
    "SPACE_HOST": "jane-studio.hf.space,studio.example.org",
    "SPACE_AUTHOR_NAME": "Jane",
    "OAUTH_CLIENT_ID": "client",
    "OAUTH_CLIENT_SECRET": "very secret",
    "OAUTH_SCOPES": "openid profile",
    "OPENID_PROVIDER_URL": "https://huggingface.co",
}
ELSEWHERE = ("0.0.0.0", "::", "[::]", "192.168.1.5", "studio.lan", "fe80::1", "localhost.example.org")
HERE = ("127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.2", "LOCALHOST", "studio.localhost")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("SAMSTUDIO_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("host", HERE)
def test_on_this_machine_nothing_is_asked_and_only_its_names_are_answered(host: str) -> None:
    policy = decide(Settings(), host=host, environment={})
    assert not policy.required
    assert policy.notice == ""
    assert policy.hosts is not None
    assert {"localhost", "127.0.0.1", "::1"} <= policy.hosts


@pytest.mark.parametrize("host", ELSEWHERE)
def test_elsewhere_a_password_is_made_up_and_told(host: str) -> None:
    policy = decide(Settings(), host=host, environment={})
    again = decide(Settings(), host=host, environment={})
    assert policy.required
    assert policy.generated
    assert policy.password is not None
    made_up = policy.password.get_secret_value()
    assert len(made_up) == 19
    assert made_up != again.password.get_secret_value()  # type: ignore[union-attr]
    assert made_up in policy.notice
    assert "SAMSTUDIO_PASSWORD" in policy.notice
    assert made_up not in repr(policy)


def test_ones_own_password_or_token_is_asked_everywhere() -> None:
    for chosen in (Settings(password="my password"), Settings(token="t" * 16)):
        for host in ("127.0.0.1", "0.0.0.0"):
            policy = decide(chosen, host=host, environment={})
            assert policy.required
            assert not policy.generated
            assert policy.notice == ""


def test_open_means_open_and_says_so_when_that_contradicts() -> None:
    assert not decide(Settings(open=True), host="0.0.0.0", environment={}).required
    assert not decide(Settings(open=True), host="0.0.0.0", environment=SPACE).required
    for other in ({"password": "my password"}, {"token": "t" * 16}):
        with pytest.raises(InvalidInput, match="SAMSTUDIO_OPEN"):
            decide(Settings(open=True, **other), host="0.0.0.0", environment={})


def test_a_proxys_name_makes_it_no_longer_local() -> None:
    policy = decide(Settings(allowed_hosts="Studio.Example.org, other"), host="127.0.0.1", environment={})
    assert policy.generated
    assert policy.hosts is not None
    assert {"studio.example.org", "other", "localhost"} <= policy.hosts


def test_elsewhere_any_name_will_do_unless_names_are_given() -> None:
    assert decide(Settings(), host="0.0.0.0", environment={}).hosts is None
    named = decide(Settings(allowed_hosts="studio.lan"), host="0.0.0.0", environment={}).hosts
    assert named == {"studio.lan", "0.0.0.0", "localhost", "127.0.0.1", "::1"}


def test_a_space_is_never_local_and_lets_its_owner_in() -> None:
    policy = decide(Settings(), host="127.0.0.1", environment=SPACE)
    assert policy.required
    assert policy.embedded
    assert not policy.generated
    assert policy.provider is not None
    assert policy.provider.allowed == {"jane"}
    assert policy.provider.callback == "https://jane-studio.hf.space/login/callback"
    assert "very secret" not in repr(policy)
    named = decide(Settings(allowed_users="Ann, lab"), host="0.0.0.0", environment=SPACE).provider
    assert named is not None
    assert named.allowed == {"ann", "lab"}


def test_a_space_without_oauth_gets_a_password() -> None:
    bare = {"SPACE_ID": "Jane/studio", "SPACE_AUTHOR_NAME": "Jane"}
    policy = decide(Settings(), host="0.0.0.0", environment=bare)
    assert policy.generated
    assert policy.provider is None


def test_a_space_without_a_known_owner_lets_nobody_in_by_oauth() -> None:
    nobody = {name: value for name, value in SPACE.items() if name != "SPACE_AUTHOR_NAME"}
    policy = decide(Settings(), host="0.0.0.0", environment=nobody)
    assert policy.provider is not None
    assert policy.provider.allowed == set()
