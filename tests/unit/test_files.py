import hashlib

import pytest

from samstudio.files import beside, sha256_of, write_with


def test_a_file_appears_whole_and_alone(tmp_path):
    path = tmp_path / "new" / "a.png"
    write_with(path, lambda temporary: temporary.write_bytes(b"x"))
    assert path.read_bytes() == b"x"
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    def fail(temporary):
        temporary.write_bytes(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_with(path, fail)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_suffix_is_kept_for_writers_that_look_at_it(tmp_path):
    with beside(tmp_path / "a.safetensors") as temporary:
        assert temporary.suffix == ".safetensors"
        assert temporary.parent == tmp_path


def test_a_writer_alone_leaves_one_part_however_often_it_is_killed(tmp_path):
    with beside(tmp_path / "a.db", only_writer=True) as one, beside(tmp_path / "a.db") as other:
        assert one.name == ".a.part.db"
        assert other.name != one.name
    with beside(tmp_path / "a.db") as one, beside(tmp_path / "a.db") as other:
        assert one != other


def test_the_sha256_of_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()
    with pytest.raises(OSError, match="missing"):
        sha256_of(tmp_path / "missing")
