"""The catalogues themselves: what is in them can be looked up, and says the same in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from samstudio.web.i18n.catalogues import FOLDER, catalogue, script
from tests.unit.web.i18n.lookup import is_translated

FILES = sorted(FOLDER.glob("*/*.json"))
JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff。、]")
HOLE = re.compile(r"\{\d+\*?\}")
ENGLISH = re.compile(r"(?<![.\w])(?!stock\b|segment\b|anything\b)[a-z]{3,}|\b(of|in|on|to)\b")
"""In a value without Japanese there may be numbers, signs and names, no words."""


def pairs(path: Path) -> list[tuple[str, str]]:
    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)  # type: ignore[no-any-return]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_says_each_thing_once_with_the_same_holes(path: Path) -> None:
    messages = pairs(path)
    keys = [english for english, _ in messages]
    assert [key for key in set(keys) if keys.count(key) > 1] == []
    for english, other in messages:
        assert english == " ".join(english.split()), f"{english!r} is looked up with single spaces"
        holes = HOLE.findall(english)
        assert sorted(holes) == sorted(set(holes)), f"a hole twice in {english!r}"
        assert set(holes) == set(HOLE.findall(other)), f"holes of {english!r}"
        assert other.strip(), f"nothing for {english!r}"
        assert JAPANESE.search(other) or not ENGLISH.search(other), f"{english!r} → {other!r}"


def test_the_holes_are_numbered_as_they_come() -> None:
    for english in catalogue("ja"):
        numbers = [int(number) for number in re.findall(r"\{(\d+)\*?\}", english)]
        assert numbers == list(range(len(numbers))), english


def test_files_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ja").mkdir()
    (tmp_path / "ja" / "a.json").write_text('{"Add": "追加", "Box": "ボックス"}')
    (tmp_path / "ja" / "b.json").write_text('{"Add": "加える", "Box": "ボックス"}')
    with pytest.raises(ValueError, match="Add"):
        catalogue("ja", tmp_path)


def test_the_script_is_a_module_named_by_its_content() -> None:
    tag, body = script("ja")
    assert re.fullmatch("[0-9a-f]{16}", tag)
    assert json.loads(body.removeprefix(b"export default ").removesuffix(b";\n")) == catalogue("ja")


def test_looking_up_sees_what_has_no_words() -> None:
    assert is_translated("Undo (Ctrl+Z)")
    assert is_translated("12 / 40")
    assert not is_translated("Nobody ever wrote this sentence.")
    assert not is_translated("Undo (Ctrl+Z) · Nobody ever wrote this sentence.")
