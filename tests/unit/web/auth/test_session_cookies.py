from __future__ import annotations

from pathlib import Path

from samstudio.web.auth.session_cookies import SessionCookies, session_key
from tests.unit.web.auth.visitors import KEY, POLICY


def test_a_session_says_who_it_is() -> None:
    sessions = SessionCookies(key=KEY, policy=POLICY)
    assert sessions.user(sessions.issue("jane")) == "jane"
    assert sessions.user(None) is None
    assert sessions.user("nonsense") is None


def test_a_session_grows_too_old() -> None:
    old = SessionCookies(key=KEY, policy=POLICY, lifetime=-1)
    assert old.user(old.issue("jane")) is None


def test_another_studios_session_is_none_here_and_has_another_name() -> None:
    here, there = SessionCookies(key=KEY, policy=POLICY), SessionCookies(key="x" * 64, policy=POLICY)
    assert here.user(there.issue("jane")) is None
    assert here.cookie != there.cookie


def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    key = session_key(storage)
    assert len(key) == 64
    assert session_key(storage) == key
    assert (storage / "session.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in storage.iterdir()] == ["session.key"]


def test_a_key_that_is_not_whole_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "session.key").write_text("")
    assert len(session_key(tmp_path)) == 64
