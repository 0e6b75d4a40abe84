import pytest
from hypothesis import given
from hypothesis import strategies as st

from samstudio.services.images.names import MAX_NAME_BYTES, display_name


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a.png", "a.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\b.jpg", "b.jpg"),
        ("写真 1.png", "写真 1.png"),
        ("a\nb\x00.png", "ab.png"),
        ("", "image"),
        ("folder/", "image"),
        ("..", "image"),
        ("a\udce9b.png", "ab.png"),
        ("CON", "_CON"),
        ("nul.tif", "_nul.tif"),
        ("com1.png", "_com1.png"),
        ("console.png", "console.png"),
    ],
)
def test_display_names(given, shown):
    assert display_name(given) == shown


def test_a_long_name_keeps_its_end_in_whole_characters():
    shown = display_name("空" * 300 + "_0001.jpg")
    assert shown.endswith("空_0001.jpg")
    assert set(shown[:-9]) == {"空"}
    assert MAX_NAME_BYTES - 3 < len(shown.encode()) <= MAX_NAME_BYTES


@given(st.text(max_size=400) | st.text(alphabet="空é.\x00/\\ \ud800a", max_size=400))
def test_any_name_can_be_a_files(tmp_path_factory, given):
    shown = display_name(given)
    assert shown == display_name(shown)
    assert len(shown.encode()) <= MAX_NAME_BYTES + 1
    path = tmp_path_factory.getbasetemp() / shown
    path.write_bytes(b"")
    assert path in path.parent.iterdir()
    path.unlink()
