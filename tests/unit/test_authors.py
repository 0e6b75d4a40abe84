import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samstudio.authors import (
    MOST_BYTES,
    acting_as,
    author_name,
    current_author,
    short_name,
    thread_as_now,
)
from samstudio.db.image_facts import in_set
from samstudio.domain import InvalidInput


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Ann", "Ann"),
        ("  Ann \t\r\n  Lee ", "Ann Lee"),
        ("山田　太郎", "山田 太郎"),
        ("Ame\u0301lie", "Am\u00e9lie"),
        ("Ann\u202egnp.exe", "Anngnp.exe"),
        ("\u200bAnn\x00", "Ann"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", None),
        (" \n\u3000", None),
        ("\u200d\u2060", None),
        (None, None),
    ],
)
def test_a_name_is_one_line_of_what_is_seen(typed, stored):
    assert author_name(typed) == stored


def test_a_name_that_is_too_long_is_refused_by_its_bytes_and_a_login_s_cut():
    assert author_name("a" * MOST_BYTES) == "a" * MOST_BYTES
    with pytest.raises(InvalidInput, match=r"the name '田+'… has 102 bytes; the limit is 100"):
        author_name("田" * 34)
    assert short_name("田" * 34) == "田" * 33


@given(st.text(max_size=60))
def test_a_name_is_always_short_and_can_be_found_in_a_set(text):
    name = short_name(text)
    if name is not None:
        assert len(name.encode()) <= MOST_BYTES
        assert name == author_name(name), "cleaned once is clean"
        assert in_set(name).strip("\n") == name
        assert name.isprintable()


def test_who_acts_is_known_in_its_block_and_in_the_threads_that_it_starts():
    seen = []
    assert current_author() is None
    with acting_as("Ann"):
        thread = thread_as_now(lambda: seen.append(current_author()), name="work")
        assert current_author("Bob") == "Bob", "what was decided under another name keeps it"
        assert current_author("") is None, "and what was decided without a name has none"
        with acting_as("ann-on-hub", verified=True):
            assert current_author("Bob") == "ann-on-hub", "but nobody writes under another's login"
        other = threading.Thread(target=lambda: seen.append(current_author()))
    for one in (thread, other):
        one.start()
        one.join()
    assert seen == ["Ann", None]
