from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from samstudio.domain import Embedding, InvalidInput
from samstudio.sam.embeddings import EmbeddingMemory, EmbeddingStore, read_embedding

MEGABYTES_2 = 256 * 64 * 64 * 2


class FakeEncoder:
    """An embedding full of the first pixel's value; counts, and can be made to wait or fail."""

    def __init__(self, id: str = "0123456789ab") -> None:
        self.id = id
        self.encoded = 0
        self.at_once = 0
        self.most_at_once = 0
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None

    def encode(self, pixels: np.ndarray) -> Embedding:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.gate.wait(5)
        self.at_once -= 1
        self.encoded += 1
        if self.error:
            raise self.error
        features = np.full((256, 64, 64), pixels[0, 0, 0], np.float16)
        return Embedding(features, (pixels.shape[0], pixels.shape[1]), (768, 1024))


def pixels(value: int) -> np.ndarray:
    return np.full((3, 4, 3), value, np.uint8)


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


def memory_of(encoder: FakeEncoder, images: int = 2) -> EmbeddingMemory:
    return EmbeddingMemory(encoder=encoder, limit_bytes=images * MEGABYTES_2)


def store(folder: Path, encoder: FakeEncoder) -> EmbeddingStore:
    return EmbeddingStore(folder=folder, memory=memory_of(encoder))


def test_an_image_is_encoded_once_in_its_life(tmp_path, encoder):
    first = store(tmp_path, encoder)
    made = first.get("aa1", lambda: pixels(7))
    assert first.get("aa1", lambda: pytest.fail("not again")) is made
    after_restart = store(tmp_path, encoder)
    again = after_restart.get("aa1", lambda: pytest.fail("not again"))
    np.testing.assert_array_equal(again.features, made.features)
    assert again.features.dtype == np.float16
    assert (again.original_size, again.input_size) == ((3, 4), (768, 1024))
    assert encoder.encoded == 1
    assert (tmp_path / "0123456789ab" / "aa" / "aa1.safetensors").is_file()


def test_memory_is_bounded_and_drops_what_was_not_used_longest(tmp_path, encoder):
    memory = memory_of(encoder, images=2)
    kept = EmbeddingStore(folder=tmp_path, memory=memory)
    for name in ("a", "b"):
        kept.get(name, lambda: pixels(1))
    kept.get("a", lambda: pixels(1))
    kept.get("c", lambda: pixels(1))
    assert [name in memory for name in ("a", "b", "c")] == [True, False, True]
    assert encoder.encoded == 3
    kept.get("b", lambda: pytest.fail("it is on disk"))
    assert [name in memory for name in ("a", "b", "c")] == [False, True, True]


def test_an_embedding_larger_than_the_limit_is_still_answered(tmp_path, encoder):
    memory = memory_of(encoder, images=0)
    tiny = EmbeddingStore(folder=tmp_path, memory=memory)
    assert tiny.get("a", lambda: pixels(1)).features.shape == (256, 64, 64)
    assert "a" not in memory


def test_encoders_do_not_share_embeddings(tmp_path):
    one, other = FakeEncoder("aaaaaaaaaaaa"), FakeEncoder("bbbbbbbbbbbb")
    store(tmp_path, one).get("a", lambda: pixels(1))
    assert not store(tmp_path, other).has("a")
    store(tmp_path, other).get("a", lambda: pixels(1))
    assert other.encoded == 1


def test_has_evict_and_delete(tmp_path, encoder):
    memory = memory_of(encoder)
    kept = EmbeddingStore(folder=tmp_path, memory=memory)
    assert not kept.has("a")
    kept.get("a", lambda: pixels(1))
    memory.evict("a")
    memory.evict("a")
    assert kept.has("a")
    assert "a" not in memory
    kept.delete("a")
    kept.delete("a")
    assert not kept.has("a")
    assert not list(tmp_path.rglob("*.safetensors"))


@pytest.mark.parametrize("damage", [b"", b"not tensors", None])
def test_a_corrupt_file_is_made_again(tmp_path, encoder, damage):
    memory = memory_of(encoder)
    kept = EmbeddingStore(folder=tmp_path, memory=memory)
    kept.get("a", lambda: pixels(1))
    memory.evict("a")
    path = next(tmp_path.rglob("*.safetensors"))
    path.write_bytes(path.read_bytes()[:-100] if damage is None else damage)
    assert kept.get("a", lambda: pixels(1)).features[0, 0, 0] == 1
    assert encoder.encoded == 2
    assert read_embedding(path) is not None


def test_a_file_of_another_shape_is_made_again(tmp_path, encoder):
    from safetensors.numpy import save_file

    memory = memory_of(encoder)
    kept = EmbeddingStore(folder=tmp_path, memory=memory)
    kept.get("a", lambda: pixels(1))
    memory.evict("a")
    sizes = {"original_size": "[3, 4]", "input_size": "[768, 1024]"}
    save_file({"features": np.zeros((1, 2), np.float16)}, next(tmp_path.rglob("*.safetensors")), sizes)
    assert kept.get("a", lambda: pixels(1)).features.shape == (256, 64, 64)


def test_the_same_image_asked_for_by_many_at_once_is_encoded_once(tmp_path, encoder):
    kept = store(tmp_path, encoder)
    encoder.gate.clear()
    answers: list[Embedding] = []
    threads = [
        threading.Thread(target=lambda: answers.append(kept.get("a", lambda: pixels(1)))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    encoder.gate.set()
    for thread in threads:
        thread.join()
    assert encoder.encoded == 1
    assert all(answer is answers[0] for answer in answers)


def test_different_images_are_encoded_one_at_a_time(tmp_path, encoder):
    kept = store(tmp_path, encoder)
    encoder.gate.clear()
    threads = [threading.Thread(target=kept.get, args=(name, lambda: pixels(1))) for name in "abcd"]
    for thread in threads:
        thread.start()
    encoder.gate.set()
    for thread in threads:
        thread.join()
    assert (encoder.encoded, encoder.most_at_once) == (4, 1)


def test_a_failure_is_raised_and_the_next_try_starts_afresh(tmp_path, encoder):
    kept = store(tmp_path, encoder)
    encoder.error = InvalidInput("not a picture")
    with pytest.raises(InvalidInput, match="not a picture"):
        kept.get("a", lambda: pixels(1))
    encoder.error = None
    assert kept.get("a", lambda: pixels(2)).features[0, 0, 0] == 2


def test_a_disk_that_cannot_be_written_costs_nothing_but_a_warning(tmp_path, encoder, caplog):
    (tmp_path / "file").write_text("in the way")
    kept = store(tmp_path / "file", encoder)
    assert kept.get("a", lambda: pixels(1)).features[0, 0, 0] == 1
    assert "was not kept on disk" in caplog.text


@pytest.mark.parametrize("name", ["../a", "a/b", "", "a.b", "ä"])
def test_an_id_that_is_no_id_never_becomes_a_path(tmp_path, encoder, name):
    with pytest.raises(InvalidInput, match="not an image id"):
        store(tmp_path, encoder).get(name, lambda: pixels(1))


def test_two_folders_over_one_memory_encode_an_image_once_and_each_keep_it(tmp_path, encoder):
    memory = memory_of(encoder)
    one, other = (EmbeddingStore(folder=tmp_path / name, memory=memory) for name in ("one", "other"))
    made = one.get("a", lambda: pixels(1))
    assert not other.has("a")  # it is to be copied into the other's folder yet
    assert other.get("a", lambda: pytest.fail("not again")) is made
    assert (one.has("a"), other.has("a")) == (True, True)
    assert len(list(tmp_path.rglob("a.safetensors"))) == 2
    assert encoder.encoded == 1


def test_deleting_in_one_folder_leaves_the_other_s(tmp_path, encoder):
    memory = memory_of(encoder)
    one, other = (EmbeddingStore(folder=tmp_path / name, memory=memory) for name in ("one", "other"))
    for kept in (one, other):
        kept.get("a", lambda: pixels(1))
    one.delete("a")
    assert (one.has("a"), other.has("a")) == (False, True)
    other.get("a", lambda: pytest.fail("its file is still there"))
    assert not one.has("a")
    assert encoder.encoded == 1


def test_two_folders_asking_at_once_encode_once_and_one_s_trouble_is_not_the_other_s(tmp_path, encoder):
    memory = memory_of(encoder)
    one, other = (EmbeddingStore(folder=tmp_path / name, memory=memory) for name in ("one", "other"))
    asked = threading.Event()

    def lost():
        asked.set()
        raise OSError("the file is gone")

    def of_one():
        with pytest.raises(OSError, match="gone"):
            one.get("a", lost)

    first = threading.Thread(target=of_one)
    first.start()
    assert asked.wait(5)
    encoder.gate.clear()
    answers: list[Embedding] = []
    threads = [
        threading.Thread(target=lambda kept=kept: answers.append(kept.get("a", lambda: pixels(1))))
        for kept in (one, other)
    ]
    first.join(5)
    for thread in threads:
        thread.start()
    encoder.gate.set()
    for thread in threads:
        thread.join(5)
    assert answers[0] is answers[1]
    assert encoder.encoded == 1
