"""Archives: what is harmless is unpacked, the rest is refused by name, and nothing leaves the folder."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samstudio.domain import InvalidInput, Unavailable
from samstudio.services.dataset_io.imports.source import archives
from samstudio.services.dataset_io.imports.source.archives import UnpackLimits, is_archive, unpack

Entries = dict[str, bytes]
Write = Callable[[Path, Entries], None]


def write_zip(path: Path, entries: Entries) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def tar_writer(mode: str) -> Write:
    def write(path: Path, entries: Entries) -> None:
        with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
            for name, data in entries.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))

    return write


WRITERS: dict[str, Write] = {
    "a.zip": write_zip,
    "A.ZIP": write_zip,
    "a.tar": tar_writer("w:"),
    "a.tar.gz": tar_writer("w:gz"),
    "a.tgz": tar_writer("w:gz"),
    "a.tar.bz2": tar_writer("w:bz2"),
    "a.tar.xz": tar_writer("w:xz"),
}
every_kind = pytest.mark.parametrize("name", WRITERS)


def files_below(folder: Path) -> Entries:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@every_kind
def test_the_files_come_out_as_they_went_in(tmp_path: Path, name: str) -> None:
    entries = {"a.png": b"x" * 3_000_000, "b/c/d.json": b"{}", "日本語/写真.png": b"y", "empty": b""}
    WRITERS[name](tmp_path / name, entries)
    assert is_archive(name)
    assert unpack(tmp_path / name, tmp_path / "out", name=name) == []
    assert files_below(tmp_path / "out") == entries


HOSTILE = [
    "../out.png",
    "a/../../out.png",
    "/tmp/out.png",
    "..\\..\\out.png",
    "a\x01b.png",
    "x" * 300 + ".png",
    "/".join(["d"] * 60),
]


@every_kind
def test_an_entry_that_leaves_the_folder_is_refused_by_name(tmp_path: Path, name: str) -> None:
    entries = {"good.png": b"x", **dict.fromkeys(HOSTILE, b"evil"), "last.png": b"y"}
    WRITERS[name](tmp_path / name, entries)
    before = set(tmp_path.parent.iterdir())
    skipped = unpack(tmp_path / name, tmp_path / "out", name=name)
    kept = files_below(tmp_path / "out")
    assert {"good.png", "last.png"} <= kept.keys()
    assert b"evil" not in {data for path, data in kept.items() if "out.png" not in path}
    # zip writers take a backslash for a separator on some systems: what is harmless then, is kept.
    assert len(skipped) >= len(HOSTILE) - 1
    assert all(name in one.name and one.why for one in skipped)
    assert set(tmp_path.parent.iterdir()) == before
    assert {path.name for path in tmp_path.iterdir()} == {name, "out"}


def test_links_and_special_files_in_a_tar_are_refused(tmp_path: Path) -> None:
    kinds = {
        "soft": tarfile.SYMTYPE,
        "hard": tarfile.LNKTYPE,
        "pipe": tarfile.FIFOTYPE,
        "device": tarfile.CHRTYPE,
        "block": tarfile.BLKTYPE,
    }
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind in kinds.items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    skipped = unpack(tmp_path / "a.tar", tmp_path / "out", name="a.tar")
    said = {one.name: one.why for one in skipped}
    assert said == {
        "a.tar: soft": "it is a link",
        "a.tar: hard": "it is a link",
        "a.tar: pipe": "it is a special file",
        "a.tar: device": "it is a special file",
        "a.tar: block": "it is a special file",
    }
    assert files_below(tmp_path / "out") == {}


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    (one,) = unpack(tmp_path / "a.zip", tmp_path / "out", name="a.zip")
    assert (one.name, one.why) == ("a.zip: link", "it is a link")


@every_kind
def test_a_bomb_is_refused_as_it_unpacks(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name, {f"{i}.png": bytes(400_000) for i in range(10)})
    limits = UnpackLimits(least_bytes=1_000_000, ratio=0.1)
    with pytest.raises(InvalidInput, match=r"unpacks to more than .* GB"):
        unpack(tmp_path / name, tmp_path / "out", name=name, limits=limits)
    assert sum(len(data) for data in files_below(tmp_path / "out").values()) <= 1_000_000


@every_kind
def test_too_many_entries_are_refused(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name, {f"{i}.png": b"" for i in range(20)})
    with pytest.raises(InvalidInput, match="more than 10 entries"):
        unpack(tmp_path / name, tmp_path / "out", name=name, limits=UnpackLimits(entries=10))


@every_kind
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"this is no archive at all" * 50)
    with pytest.raises(InvalidInput, match=f"{name} cannot be unpacked"):
        unpack(tmp_path / name, tmp_path / "out", name=name)


@every_kind
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_archive_gives_what_it_can_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    entries = {f"{i}.png": bytes([i]) * 3000 for i in range(5)}
    WRITERS[name](folder / name, entries)
    whole = (folder / name).read_bytes()
    if data.draw(st.booleans()):
        damaged = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        at = data.draw(st.integers(0, len(whole) - 1))
        damaged = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    (folder / name).write_bytes(damaged)
    try:
        unpack(folder / name, folder / "out", name=name)
    except InvalidInput as error:
        said = str(error)
        assert name in said
    assert {path.name for path in folder.iterdir()} <= {name, "out"}


def test_an_encrypted_entry_is_named(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {"open.png": b"x", "secret.png": b"y"})
    data = bytearray((tmp_path / "a.zip").read_bytes())
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1
    (tmp_path / "a.zip").write_bytes(bytes(data))
    (one,) = unpack(tmp_path / "a.zip", tmp_path / "out", name="a.zip")
    assert (one.name, one.why) == ("a.zip: secret.png", "it is encrypted")
    assert files_below(tmp_path / "out") == {"open.png": b"x"}


def test_an_entry_whose_bytes_are_damaged_costs_itself(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {"a.png": b"aaaa" * 99, "b.png": b"bbbb" * 99})
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        offset = archive.getinfo("a.png").header_offset
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[offset + 30 + len("a.png") + 3] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(bytes(data))
    (one,) = unpack(tmp_path / "a.zip", tmp_path / "out", name="a.zip")
    assert one.name == "a.zip: a.png"
    assert "cannot be read" in one.why
    assert files_below(tmp_path / "out") == {"b.png": b"bbbb" * 99}


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_names_of_old_zips_are_read_as_they_were_meant(tmp_path: Path, encoding: str) -> None:
    written = "画像/写真.png".encode(encoding)
    write_zip(tmp_path / "a.zip", {"N" * len(written): b"x"})
    data = (tmp_path / "a.zip").read_bytes().replace(b"N" * len(written), written)
    (tmp_path / "a.zip").write_bytes(data)
    assert unpack(tmp_path / "a.zip", tmp_path / "out", name="a.zip") == []
    assert files_below(tmp_path / "out") == {"画像/写真.png": b"x"}


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        (["a.png", "a.png"], "an entry of the same name came before"),
        (["a", "a/b.png"], "a file of the name of its folder came before"),
        (["a/b.png", "a"], "a folder of the same name came before"),
    ],
)
def test_entries_that_exclude_each_other_are_said(tmp_path: Path, entries: list[str], why: str) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name in entries:
            archive.addfile(tarfile.TarInfo(name))
    (one,) = unpack(tmp_path / "a.tar", tmp_path / "out", name="a.tar")
    assert one.why == why


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_zip(tmp_path / "a.zip", {"a.png": b"x"})
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 1000}))
    with pytest.raises(Unavailable, match=r"a\.zip was not unpacked: the disk is full"):
        unpack(tmp_path / "a.zip", tmp_path / "out", name="a.zip")


def test_unpacking_can_be_cancelled(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {f"{i}.png": b"x" for i in range(9)})
    answers = iter([False, False, True])
    unpack(tmp_path / "a.zip", tmp_path / "out", name="a.zip", cancelled=lambda: next(answers))
    assert len(files_below(tmp_path / "out")) == 2


@pytest.mark.parametrize("name", ["a.png", "zip", "tar.gz.json", "a.7z", "a.gz", "a.rar"])
def test_other_files_are_no_archives(name: str) -> None:
    assert not is_archive(name)
