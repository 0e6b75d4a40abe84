from __future__ import annotations

import dataclasses
import hashlib
import threading
from pathlib import Path

import pytest

from samstudio.domain import InvalidInput, Unavailable
from samstudio.sam.specs import MODELS
from samstudio.sam.weights.cache import DownloadProgress
from samstudio.sam.weights.files import WeightFiles, WeightSource
from samstudio.sam.weights.sources import ensure_weights

CONTENT = {"encoder.onnx": b"the encoder", "sam.onnx": b"the decoder", "sam_vit_b.pth": b"a checkpoint"}


def source(filename: str, digits: int = 64) -> WeightSource:
    sha256 = hashlib.sha256(CONTENT[filename]).hexdigest()
    return WeightSource(filename, sha256[:digits], f"https://weights.invalid/{filename}", "p@1", "member")


@pytest.fixture(autouse=True)
def published(monkeypatch):
    """Files whose contents a test can write, in place of the real ones."""
    for name, sources in {
        "vit_t": (source("encoder.onnx"), source("sam.onnx")),
        "vit_b": (source("sam_vit_b.pth", digits=6),),
    }.items():
        monkeypatch.setitem(MODELS._items, name, dataclasses.replace(MODELS.get(name), sources=sources))


class Fetcher:
    """Writes what it is told to; counts how often it was asked."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.found: list[bytes | None] = []

    def __call__(self, source: WeightSource, path: Path, progress: DownloadProgress) -> None:
        self.asked.append(source.filename)
        self.found.append(path.read_bytes() if path.exists() else None)
        answer = self.answers.pop(0) if self.answers else CONTENT[source.filename]
        if isinstance(answer, Exception):
            raise answer
        path.write_bytes(answer)
        progress(source.filename, len(answer), len(answer))


def ensure(
    folder: Path, *fetchers: Fetcher, model: str = "vit_t", checkpoint: Path | None = None
) -> WeightFiles:
    named = tuple((f"way {number}", fetcher) for number, fetcher in enumerate(fetchers, start=1))
    return ensure_weights(model=model, checkpoint=checkpoint, weights_dir=folder, fetchers=named)


def test_files_are_fetched_once_and_then_found_in_the_cache(tmp_path):
    fetcher = Fetcher()
    files = ensure(tmp_path / "deep" / "cache", fetcher)
    assert files.encoder.read_bytes() == CONTENT["encoder.onnx"]
    assert files.decoder.read_bytes() == CONTENT["sam.onnx"]
    assert ensure(tmp_path / "deep" / "cache", fetcher) == files
    assert fetcher.asked == ["encoder.onnx", "sam.onnx"]
    assert not list((tmp_path / "deep" / "cache").glob("*.part"))


def test_progress_is_told_by_file_name(tmp_path):
    told: list[tuple[str, int, int]] = []
    ensure_weights(
        model="vit_b",
        checkpoint=None,
        weights_dir=tmp_path,
        progress=lambda *step: told.append(step),
        fetchers=[("way", Fetcher())],
    )
    assert told == [("sam_vit_b.pth", 12, 12)]


def test_a_checkpoint_s_hash_is_checked_by_the_digits_in_its_name(tmp_path):
    files = ensure(tmp_path, Fetcher(), model="vit_b")
    assert files.encoder == files.decoder == tmp_path / "sam_vit_b.pth"
    with pytest.raises(Unavailable, match="has sha256"):
        ensure(tmp_path / "other", Fetcher(b"wrong"), model="vit_b")


def test_the_next_way_is_tried_when_one_fails_or_brings_the_wrong_bytes(tmp_path):
    wrong, right = Fetcher(b"wrong", Unavailable("offline")), Fetcher()
    ensure(tmp_path, wrong, right)
    assert wrong.asked == right.asked == ["encoder.onnx", "sam.onnx"]


def test_when_nothing_works_the_error_lists_what_was_tried_and_what_to_do(tmp_path):
    with pytest.raises(Unavailable) as caught:
        ensure(tmp_path, Fetcher(Unavailable("offline")), Fetcher(b"wrong"))
    message = str(caught.value)
    for part in (
        "not in the cache",
        "way 1: offline",
        "way 2: ",
        "sha256",
        "https://weights.invalid/encoder.onnx",
    ):
        assert part in message
    assert str(tmp_path / "encoder.onnx") in message
    assert not list(tmp_path.glob("*.onnx"))


def test_a_corrupt_cached_file_is_fetched_again(tmp_path):
    ensure(tmp_path, Fetcher())
    (tmp_path / "sam.onnx").write_bytes(b"bit rot")
    fetcher = Fetcher()
    files = ensure(tmp_path, fetcher)
    assert fetcher.asked == ["sam.onnx"]
    assert files.decoder.read_bytes() == CONTENT["sam.onnx"]


def test_a_corrupt_cached_file_stays_when_no_better_comes(tmp_path):
    (tmp_path / "encoder.onnx").write_bytes(b"bit rot")
    with pytest.raises(Unavailable, match=r"in the cache, but encoder\.onnx has sha256"):
        ensure(tmp_path, Fetcher(Unavailable("offline")))
    assert (tmp_path / "encoder.onnx").read_bytes() == b"bit rot"


def test_a_partial_file_is_offered_for_resuming_and_dropped_when_it_was_wrong(tmp_path):
    (tmp_path / ".encoder.onnx.part").write_bytes(b"the enc")
    fetcher = Fetcher(b"resumed onto wrong bytes")
    ensure(tmp_path, fetcher)
    assert fetcher.found[:2] == [b"the enc", None]  # the clean retry starts from nothing


def test_a_download_that_ended_just_before_its_renaming_is_used(tmp_path):
    (tmp_path / ".encoder.onnx.part").write_bytes(CONTENT["encoder.onnx"])
    fetcher = Fetcher()
    ensure(tmp_path, fetcher)
    assert fetcher.asked == ["sam.onnx"]


def test_many_at_once_fetch_each_file_once(tmp_path):
    fetcher = Fetcher()
    threads = [threading.Thread(target=ensure, args=(tmp_path, fetcher)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fetcher.asked == ["encoder.onnx", "sam.onnx"]


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match=r"cache .*file.* cannot be written"):
        ensure(tmp_path / "file" / "cache", Fetcher())


def test_an_unknown_model_is_refused_with_the_ones_there_are(tmp_path):
    with pytest.raises(InvalidInput, match="no model 'vit_x': choose one of vit_t, vit_b, vit_l, vit_h"):
        ensure(tmp_path, Fetcher(), model="vit_x")


def test_a_local_checkpoint_is_used_whatever_its_hash(tmp_path):
    checkpoint = tmp_path / "mine.pth"
    checkpoint.write_bytes(b"mine")
    fetcher = Fetcher()
    files = ensure(tmp_path, fetcher, model="vit_b", checkpoint=checkpoint)
    assert files.encoder == files.decoder == checkpoint
    assert not fetcher.asked


def test_a_checkpoint_for_vit_t_replaces_the_decoder_alone(tmp_path):
    checkpoint = tmp_path / "mine.safetensors"
    checkpoint.write_bytes(b"mine")
    files = ensure(tmp_path / "cache", Fetcher(), checkpoint=checkpoint)
    assert files.decoder == checkpoint
    assert files.encoder == tmp_path / "cache" / "encoder.onnx"
    assert (tmp_path / "cache" / "sam.onnx").is_file()  # its prompt encoder may be needed


def test_a_folder_for_vit_t_is_checked_by_hash(tmp_path):
    for name in ("encoder.onnx", "sam.onnx"):
        (tmp_path / name).write_bytes(CONTENT[name])
    fetcher = Fetcher()
    files = ensure(tmp_path / "cache", fetcher, checkpoint=tmp_path)
    assert files == WeightFiles(encoder=tmp_path / "encoder.onnx", decoder=tmp_path / "sam.onnx")
    assert not fetcher.asked
    (tmp_path / "sam.onnx").write_bytes(b"bit rot")
    with pytest.raises(Unavailable, match=r"sam\.onnx has sha256"):
        ensure(tmp_path / "cache", fetcher, checkpoint=tmp_path)


@pytest.mark.parametrize(
    ("name", "model", "message"),
    [
        ("nothing.pth", "vit_b", "does not exist"),
        ("notes.txt", "vit_b", "is not one of"),
        ("folder", "vit_b", "is a folder"),
        ("folder", "vit_t", "encoder.onnx cannot be read"),
    ],
)
def test_a_checkpoint_that_cannot_be_used_is_named(tmp_path, name, model, message):
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unavailable, match=message):
        ensure(tmp_path / "cache", Fetcher(), model=model, checkpoint=tmp_path / name)


def test_weights_does_not_import_torch():
    import subprocess
    import sys

    code = "import sys, samstudio.sam.weights.sources; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
