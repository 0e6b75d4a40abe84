"""A Segment Anything in one process: its encoder, its decoders and their memory.

The only module that knows which model class has which role. An `Engine`
holds nothing of any dataset: several projects can share one, each with its own
database, storage folder, versions and live decoder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from samstudio.config import Settings
from samstudio.domain import InvalidInput
from samstudio.lazy import lazy
from samstudio.machine import cores
from samstudio.sam.specs import MODELS

if TYPE_CHECKING:
    from samstudio.sam.embeddings import EmbeddingMemory, EmbeddingStore
    from samstudio.sam.models import SamModel, StockWeights
    from samstudio.sam.predictor import LivePredictor
    from samstudio.sam.weights.cache import DownloadProgress
    from samstudio.spaces.zero import BorrowedGpu


class Engine:
    """A model, loaded once, and a bounded memory for its embeddings.

    Safe to share between threads and projects. The model is loaded, and its
    weights downloaded if need be, when it is first needed; creating
    an engine imports no torch.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        gpu: BorrowedGpu | None = None,
        weights_progress: DownloadProgress | None = None,
    ) -> None:
        """Take model, checkpoint, device, threads and cache sizes from ``settings``.

        ``gpu``: what encoding borrows where a GPU is lent for seconds alone.

        Raises:
            InvalidInput: There is no such model.
        """
        MODELS.get(settings.model)
        self._settings = settings
        self._gpu = gpu
        self._weights_progress = weights_progress

    @property
    def model_name(self) -> str:
        """The model's name, in `samstudio.sam.specs.MODELS`."""
        return self._settings.model

    @lazy
    def model(self) -> SamModel:
        """The encoder and the stock decoder.

        Raises:
            Unavailable: Weights or device cannot be had.
        """
        from samstudio.sam.models import load_model

        return load_model(
            name=self._settings.model,
            checkpoint=self._settings.checkpoint,
            weights_dir=self._settings.weights_dir,
            device=self._settings.device,
            threads=self._settings.threads or cores(),
            progress=self._weights_progress,
        )

    @lazy
    def memory(self) -> EmbeddingMemory:
        """The embeddings used last, of all projects, within ``embedding_cache_mb``."""
        from samstudio.sam.embeddings import EmbeddingMemory

        encoder = self.model.encoder
        return EmbeddingMemory(
            encoder=self._gpu.lent_to(encoder) if self._gpu else encoder,
            limit_bytes=self._settings.embedding_cache_mb * 1024 * 1024,
        )

    def embeddings_in(self, folder: Path) -> EmbeddingStore:
        """Return the store of the embeddings in ``folder``, over the memory that all projects share."""
        from samstudio.sam.embeddings import EmbeddingStore

        return EmbeddingStore(folder=folder, memory=self.memory)

    def predictor(self, *, path: Callable[[int], Path], live: Callable[[], int]) -> LivePredictor:
        """Return a predictor with a live decoder of its own.

        Args:
            path: Returns the file of a version by its number; may raise `NotFound` or `Unavailable`.
            live: Returns the number of the version that is live now.
        """
        from samstudio.sam.decoder import load_decoder_state
        from samstudio.sam.predictor import LivePredictor

        return LivePredictor(
            stock=self.model.stock,
            load=lambda number: load_decoder_state(path(number)),
            live=live,
            device=self.model.device,
        )

    def stock_weights(self) -> StockWeights:
        """Read the model's weights as its files hold them; they are not cached.

        Raises:
            Unavailable: The weights cannot be had.
        """
        from samstudio.sam.models import read_stock

        return read_stock(
            name=self._settings.model,
            checkpoint=self._settings.checkpoint,
            weights_dir=self._settings.weights_dir,
            progress=self._weights_progress,
        )

    def decoder_graph(self) -> Path:
        """Return where the published decoder's ONNX file is, downloading it if need be.

        Raises:
            Unavailable: The file cannot be had.
        """
        from samstudio.sam.weights.sources import ensure_decoder_graph

        return ensure_decoder_graph(
            checkpoint=self._settings.checkpoint,
            weights_dir=self._settings.weights_dir,
            progress=self._weights_progress,
        )

    def check_serves(self, settings: Settings) -> None:
        """Check that this engine's model is the one that ``settings`` ask for.

        A project's versions were tuned from one stock decoder on one encoder's
        embeddings, and its jobs load the model that its settings name.

        Raises:
            InvalidInput: Model or checkpoint is another one.
        """
        own, wanted = _shown(self._settings), _shown(settings)
        if own != wanted:
            raise InvalidInput(f"{settings.storage} wants {wanted}, and this engine runs {own}")


def _shown(settings: Settings) -> str:
    chosen = settings.checkpoint
    return settings.model if chosen is None else f"{settings.model} of {chosen.absolute()}"
