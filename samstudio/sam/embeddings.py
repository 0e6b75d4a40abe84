"""Embeddings, so that every image is encoded once: from memory, else from disk, else from the encoder.

`EmbeddingMemory`, one a process, holds an encoder and its latest embeddings, up to a bound.
`EmbeddingStore`, one a project, keeps the same embeddings in its own folder, as
``folder/<encoder id>/<image id's first two digits>/<image id>.safetensors``.
Memory is bounded, disk is not (2 MB an image). A file that cannot be read is
made again. Not here: which images there are.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Embedding, InvalidInput, Size
from samstudio.files import write_with
from samstudio.lru import LruCache
from samstudio.sam.encoder import FEATURES_SHAPE, ImageEncoder

_log = logging.getLogger(__name__)


class EmbeddingMemory:
    """An encoder and the embeddings last used, at most ``limit_bytes`` of them. Thread-safe.

    An embedding depends on pixels and encoder alone, and an image's id is the hash of
    its pixels: so projects with the same image share its embedding. One image is
    encoded at a time, since an encoder already uses every core.
    """

    def __init__(self, *, encoder: ImageEncoder, limit_bytes: int) -> None:
        self._encoder = encoder
        self._known: LruCache[str, Embedding] = LruCache(max_bytes=limit_bytes, size_of=_nbytes)
        self._encode_lock = threading.Lock()

    @property
    def encoder_id(self) -> str:
        """Id of the encoder's weights; see `ImageEncoder.id`."""
        return self._encoder.id

    def __contains__(self, image_id: str) -> bool:
        return image_id in self._known

    def find(self, image_id: str) -> Embedding | None:
        """Return an image's embedding, or None where it is not in memory."""
        return self._known.get(image_id)

    def encode(self, image_id: str, pixels: Callable[[], NDArray[np.uint8]]) -> Embedding:
        """Encode an image and hold the result, unless another caller did meanwhile.

        ``pixels`` returns uint8 RGB HxWx3; exceptions from it and from the encoder are passed on.
        """
        with self._encode_lock:
            known = self.find(image_id)
            if known is not None:
                return known
            embedding = self._encoder.encode(pixels())
            self.hold(image_id, embedding)
        return embedding

    def hold(self, image_id: str, embedding: Embedding) -> None:
        """Hold an embedding, evicting the least recently used ones beyond the limit."""
        self._known.put(image_id, embedding)

    def evict(self, image_id: str) -> None:
        """Remove an image's embedding from memory."""
        self._known.discard(image_id)


class EmbeddingStore:
    """Embeddings by image id, kept in one folder. Safe to share between threads.

    An image asked for by several threads at once is loaded or encoded once. Processes
    may share the folder, and stores the memory: each store keeps its own file of every
    image it was asked for, so that a folder holds all that its project needs.
    """

    def __init__(self, *, folder: Path, memory: EmbeddingMemory) -> None:
        self._folder = folder
        self._memory = memory
        self._written: set[str] = set()
        """The images whose file was read or written here: what memory answers needs no file again."""
        self._under_way: dict[str, Future[Embedding]] = {}
        self._lock = threading.Lock()

    def get(self, image_id: str, pixels: Callable[[], NDArray[np.uint8]]) -> Embedding:
        """Return an image's embedding, from memory or disk, or else encoded now.

        ``pixels`` returns uint8 RGB HxWx3 and is called only if the image must be encoded.
        Exceptions from it or the encoder reach every thread that waits for this image.
        """
        _check_id(image_id)
        with self._lock:
            known = self._memory.find(image_id) if image_id in self._written else None
            if known is not None:
                return known
            waiting = self._under_way.get(image_id)
            if waiting is None:
                own: Future[Embedding] = Future()
                self._under_way[image_id] = own
        return waiting.result() if waiting is not None else self._load_or_encode(image_id, pixels, own)

    def has(self, image_id: str) -> bool:
        """Tell whether `get` would need no encoding (a corrupt file is found only when it is read)."""
        _check_id(image_id)
        with self._lock:
            if image_id in self._written and image_id in self._memory:
                return True
        return self._path(image_id).is_file()

    @property
    def encoder_id(self) -> str:
        """Id of the encoder's weights; see `ImageEncoder.id`."""
        return self._memory.encoder_id

    def read(self, image_id: str) -> Embedding | None:
        """Return an image's embedding if it was made already; what memory holds stays as it is.

        For going over many images: `get` would evict those that people work on.
        """
        _check_id(image_id)
        return self._memory.find(image_id) or read_embedding(self._path(image_id))

    def delete(self, image_id: str) -> None:
        """Delete an image's embedding from memory and its files, of every encoder, from this folder."""
        with self._lock:
            self._written.discard(image_id)
        self._memory.evict(image_id)
        delete_embeddings(self._folder, image_id)

    def _load_or_encode(
        self, image_id: str, pixels: Callable[[], NDArray[np.uint8]], own: Future[Embedding]
    ) -> Embedding:
        try:
            embedding = self._read(image_id) or self._make(image_id, pixels)
        except BaseException as error:
            with self._lock:
                del self._under_way[image_id]
            own.set_exception(error)
            raise
        with self._lock:
            self._written.add(image_id)
            del self._under_way[image_id]
        own.set_result(embedding)
        return embedding

    def _read(self, image_id: str) -> Embedding | None:
        embedding = read_embedding(self._path(image_id))
        if embedding is not None:
            self._memory.hold(image_id, embedding)
        return embedding

    def _make(self, image_id: str, pixels: Callable[[], NDArray[np.uint8]]) -> Embedding:
        """Encode it, or take what another store with the same image had encoded, and write it here."""
        embedding = self._memory.find(image_id) or self._memory.encode(image_id, pixels)
        try:
            write_embedding(self._path(image_id), embedding)
        except OSError as error:  # a full disk costs time at the next start, not this answer
            _log.warning("the embedding of image %s was not kept on disk: %s", image_id, error)
        return embedding

    def _path(self, image_id: str) -> Path:
        return self._folder / self._memory.encoder_id / image_id[:2] / f"{image_id}.safetensors"


def _nbytes(embedding: Embedding) -> int:
    return embedding.nbytes


def _check_id(image_id: str) -> None:
    """Check that an id, which becomes part of a file's name, is made of letters and digits."""
    if not (image_id.isascii() and image_id.isalnum()):
        raise InvalidInput(f"{image_id!r} is not an image id")


def write_embedding(path: Path, embedding: Embedding) -> None:
    """Write one embedding as safetensors, atomically."""
    from safetensors.numpy import save_file

    sizes = {
        "original_size": json.dumps(embedding.original_size),
        "input_size": json.dumps(embedding.input_size),
    }
    features = np.ascontiguousarray(embedding.features)
    # A damaged file is made again: no need to wait for the disk.
    write_with(path, lambda part: save_file({"features": features}, part, sizes), durable=False)


def read_embedding(path: Path) -> Embedding | None:
    """Read what `write_embedding` wrote; None where the file is missing or damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            sizes = file.metadata()
            embedding = Embedding(
                features=file.get_tensor("features"),
                original_size=_size(sizes["original_size"]),
                input_size=_size(sizes["input_size"]),
            )
    except FileNotFoundError:
        return None
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        _log.warning("the embedding %s cannot be read and is made again: %s", path, error)
        return None
    whole = embedding.features.shape == FEATURES_SHAPE and embedding.features.dtype == np.float16
    return embedding if whole and np.isfinite(embedding.features).all() else None


def _size(text: str) -> Size:
    height, width = json.loads(text)
    return (int(height), int(width))


def delete_embeddings(folder: Path, image_id: str) -> None:
    """Delete an image's files of every encoder, without loading one; missing files are no error."""
    _check_id(image_id)
    for path in folder.glob(f"*/{image_id[:2]}/{image_id}.safetensors"):
        path.unlink(missing_ok=True)
