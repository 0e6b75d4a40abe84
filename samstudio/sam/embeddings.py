"""Every image is encoded once in its life: embeddings in memory, then on disk, then made.

Files are ``folder/<encoder id>/<image id's first two digits>/<image id>.safetensors``.
Memory is bounded, disk is not (2 MB an image). A file that cannot be read is
made again. Which images exist is not this module's business.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Embedding, InvalidInput, Size
from samstudio.sam.encoder import FEATURES_SHAPE, ImageEncoder

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EmbeddingStats:
    """What the store has done since it was opened, and what it holds in memory now."""

    in_memory: int
    memory_bytes: int
    memory_limit_bytes: int
    memory_hits: int
    disk_hits: int
    encoded: int


class EmbeddingStore:
    """Embeddings by image id, for one encoder. Safe to share between threads.

    One image is encoded at a time (an encoder uses every core already), and an
    image asked for twice at once is encoded once. Processes may share the folder.
    """

    def __init__(self, *, folder: Path, encoder: ImageEncoder, memory_bytes: int) -> None:
        self._folder = folder
        self._encoder = encoder
        self._limit = memory_bytes
        self._memory: OrderedDict[str, Embedding] = OrderedDict()
        self._held = 0
        self._under_way: dict[str, Future[Embedding]] = {}
        self._lock = threading.Lock()
        self._encode_lock = threading.Lock()
        self._memory_hits = self._disk_hits = self._encoded = 0

    def get(self, image_id: str, pixels: Callable[[], NDArray[np.uint8]]) -> Embedding:
        """The embedding of an image; ``pixels`` (uint8 RGB HxWx3) is called only if it must be encoded.

        Whatever ``pixels`` or the encoder raises is raised to everyone who waits for this image.
        """
        _check_id(image_id)
        with self._lock:
            known = self._memory.get(image_id)
            if known is not None:
                self._memory.move_to_end(image_id)
                self._memory_hits += 1
                return known
            waiting = self._under_way.get(image_id)
            if waiting is None:
                own: Future[Embedding] = Future()
                self._under_way[image_id] = own
        return waiting.result() if waiting is not None else self._bring(image_id, pixels, own)

    def has(self, image_id: str) -> bool:
        """Whether `get` would find it without encoding (a corrupt file is only found out by reading)."""
        _check_id(image_id)
        with self._lock:
            if image_id in self._memory:
                return True
        return self._path(image_id).is_file()

    def evict(self, image_id: str) -> None:
        """Forget it in memory; the file stays."""
        with self._lock:
            self._forget(image_id)

    def delete(self, image_id: str) -> None:
        """Forget it in memory and on disk, for every encoder that ever saw it."""
        _check_id(image_id)
        self.evict(image_id)
        for path in self._folder.glob(f"*/{image_id[:2]}/{image_id}.safetensors"):
            path.unlink(missing_ok=True)

    def stats(self) -> EmbeddingStats:
        """Counts since opening, and the memory held now."""
        with self._lock:
            return EmbeddingStats(
                in_memory=len(self._memory),
                memory_bytes=self._held,
                memory_limit_bytes=self._limit,
                memory_hits=self._memory_hits,
                disk_hits=self._disk_hits,
                encoded=self._encoded,
            )

    def _bring(
        self, image_id: str, pixels: Callable[[], NDArray[np.uint8]], own: Future[Embedding]
    ) -> Embedding:
        try:
            embedding = self._read(image_id) or self._encode(image_id, pixels)
        except BaseException as error:
            with self._lock:
                del self._under_way[image_id]
            own.set_exception(error)
            raise
        with self._lock:
            self._remember(image_id, embedding)
            del self._under_way[image_id]
        own.set_result(embedding)
        return embedding

    def _encode(self, image_id: str, pixels: Callable[[], NDArray[np.uint8]]) -> Embedding:
        with self._encode_lock:
            embedding = self._encoder.encode(pixels())
        with self._lock:
            self._encoded += 1
        try:
            write_embedding(self._path(image_id), embedding)
        except OSError as error:  # a full disk costs time at the next start, not this answer
            _log.warning("the embedding of image %s was not kept on disk: %s", image_id, error)
        return embedding

    def _read(self, image_id: str) -> Embedding | None:
        embedding = read_embedding(self._path(image_id))
        if embedding is not None:
            with self._lock:
                self._disk_hits += 1
        return embedding

    def _remember(self, image_id: str, embedding: Embedding) -> None:
        self._forget(image_id)
        self._memory[image_id] = embedding
        self._held += embedding.nbytes
        while self._held > self._limit and self._memory:
            self._forget(next(iter(self._memory)))

    def _forget(self, image_id: str) -> None:
        gone = self._memory.pop(image_id, None)
        if gone is not None:
            self._held -= gone.nbytes

    def _path(self, image_id: str) -> Path:
        return self._folder / self._encoder.id / image_id[:2] / f"{image_id}.safetensors"


def _check_id(image_id: str) -> None:
    """Ids become file names, so nothing else passes."""
    if not (image_id.isascii() and image_id.isalnum()):
        raise InvalidInput(f"{image_id!r} is not an image id")


def write_embedding(path: Path, embedding: Embedding) -> None:
    """Write one embedding as safetensors, beside ``path`` and then renamed over it."""
    from safetensors.numpy import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    sizes = {
        "original_size": json.dumps(embedding.original_size),
        "input_size": json.dumps(embedding.input_size),
    }
    try:
        save_file({"features": np.ascontiguousarray(embedding.features)}, beside, sizes)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_embedding(path: Path) -> Embedding | None:
    """Read what `write_embedding` wrote; None when it is not there or not whole."""
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
    """Remove an image's files of every encoder, without loading one; absent files are fine."""
    _check_id(image_id)
    for path in folder.glob(f"*/{image_id[:2]}/{image_id}.safetensors"):
        path.unlink(missing_ok=True)
