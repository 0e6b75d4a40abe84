"""The composition root: wires one `Project` from `Settings`.

The only module that knows which class serves which role. It builds each part
when it is first asked for, so that a command that needs no model (``versions``,
``jobs``) never pays for importing one. It holds no logic of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from samstudio.config import Settings
from samstudio.db.backup import backing_up, restore
from samstudio.db.engine import open_database
from samstudio.lazy import is_built, lazy
from samstudio.machine import cores
from samstudio.runners.local import LocalRunner
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io import DatasetService
from samstudio.services.images import ImageService
from samstudio.services.jobs import JobService
from samstudio.services.preflight import PreflightService
from samstudio.services.versions import VersionService
from samstudio.spaces.zero import no_tuning_because, with_borrowed_gpu

if TYPE_CHECKING:
    from samstudio.sam.embeddings import EmbeddingStore
    from samstudio.sam.models import SamModel
    from samstudio.sam.predictor import LivePredictor
    from samstudio.sam.weights.sources import Progress
    from samstudio.services.comparison import ComparingService
    from samstudio.services.evaluations import EvaluationService
    from samstudio.services.plotting import PlotService
    from samstudio.services.predictions import PredictionService
    from samstudio.services.tuning import TuningService
    from samstudio.services.versions.transfer import TakeawayService


class Project:
    """Every verb of the product, over one storage folder.

    Safe to share between threads: each part is built once, at its first use. The model
    behind `model`, `embeddings`, `predictions` and `evaluations` is loaded,
    and its weights fetched if need be, at the first use of any of them.
    """

    def __init__(self, settings: Settings, *, weights_progress: Progress | None = None) -> None:
        self.settings = settings
        self._weights_progress = weights_progress
        if settings.database_copy is not None:
            restore(settings.resolved_database_url, settings.database_copy)
        self._database = open_database(settings.resolved_database_url)
        self.observe: Callable[[str, float], object] = lambda _stage, _seconds: None
        """Told how long each stage of a prediction took; whoever watches the app puts itself here."""

    @property
    def max_pixels(self) -> int:
        """Largest image accepted, in pixels."""
        return int(self.settings.max_image_megapixels * 1_000_000)

    @lazy
    def images(self) -> ImageService:
        """Uploaded images."""
        return ImageService(
            database=self._database,
            folder=self.settings.storage / "images",
            max_bytes=self.settings.max_upload_mb * 1024 * 1024,
            max_pixels=self.max_pixels,
            on_delete=self._forget_embedding,
        )

    def _forget_embedding(self, image_id: str) -> None:
        from samstudio.sam.embeddings import delete_embeddings

        if is_built(self, "embeddings"):
            self.embeddings.delete(image_id)
        else:  # not worth loading a model for
            delete_embeddings(self._embeddings_folder, image_id)

    @property
    def _embeddings_folder(self) -> Path:
        return self.settings.storage / "embeddings"

    @lazy
    def annotations(self) -> AnnotationService:
        """Objects and their masks."""
        return AnnotationService(database=self._database)

    @lazy
    def datasets(self) -> DatasetService:
        """Folders in, folders out."""
        return DatasetService(images=self.images, annotations=self.annotations)

    @lazy
    def preflight(self) -> PreflightService:
        """What is worth knowing before Fine-tune now is pressed."""
        return PreflightService(database=self._database)

    @lazy
    def versions(self) -> VersionService:
        """Tuned decoders and the alias ``live``."""
        return VersionService(
            database=self._database, folder=self.settings.storage / "decoders", model=self.settings.model
        )

    @lazy
    def jobs(self) -> JobService:
        """Tuning jobs as rows; `tuning` starts and runs them."""
        runner = LocalRunner(
            environment=self.settings.to_environment(),
            log_folder=self.settings.storage / "jobs",
            on_exit=lambda _job_id: self._recover_jobs(),
        )
        return JobService(
            database=self._database, runner=runner, stale_seconds=self.settings.job_stale_seconds
        )

    def _recover_jobs(self) -> None:
        self.jobs.recover()

    @lazy
    def model(self) -> SamModel:
        """The encoder and the stock decoder; the first use loads them."""
        from samstudio.sam.models import load_model

        return load_model(
            name=self.settings.model,
            checkpoint=self.settings.checkpoint,
            weights_dir=self.settings.weights_dir,
            device=self.settings.device,
            threads=self.settings.threads or cores(),
            progress=self._weights_progress,
        )

    @lazy
    def embeddings(self) -> EmbeddingStore:
        """Embeddings, in memory and on disk."""
        from samstudio.sam.embeddings import EmbeddingMemory, EmbeddingStore

        memory = EmbeddingMemory(
            encoder=with_borrowed_gpu(self.model.encoder),
            limit_bytes=self.settings.embedding_cache_mb * 1024 * 1024,
        )
        return EmbeddingStore(folder=self._embeddings_folder, memory=memory)

    @lazy
    def predictor(self) -> LivePredictor:
        """The decoders that are loaded, the live one among them."""
        from samstudio.sam.decoder import load_decoder_state
        from samstudio.sam.predictor import LivePredictor

        return LivePredictor(
            stock=self.model.stock,
            load=lambda number: load_decoder_state(self.versions.path(number)),
            live=lambda: self.versions.live().number,
            device=self.model.device,
        )

    @lazy
    def predictions(self) -> PredictionService:
        """Masks for prompts."""
        from samstudio.services.predictions import PredictionService

        return PredictionService(
            images=self.images,
            embeddings=self.embeddings,
            predictor=self.predictor,
            observe=lambda stage, seconds: self.observe(stage, seconds),
        )

    @lazy
    def evaluations(self) -> EvaluationService:
        """Scores of a version on a folder of images and masks."""
        from samstudio.services.evaluations import EvaluationService

        return EvaluationService(
            embeddings=self.embeddings,
            stock=self.model.stock,
            versions=self.versions,
            max_pixels=self.max_pixels,
        )

    @lazy
    def tuning(self) -> TuningService:
        """Starts tuning jobs, and runs them inside a worker."""
        from samstudio.services.tuning import TuningService

        return TuningService(
            jobs=self.jobs,
            images=self.images,
            annotations=self.annotations,
            versions=self.versions,
            model=lambda: self.model,
            embeddings=lambda: self.embeddings,
            default_max_seconds=self.settings.tune_max_seconds,
            refusal=no_tuning_because(os.environ),
        )

    @lazy
    def comparing(self) -> ComparingService:
        """Two versions side by side, on the accepted objects."""
        from samstudio.services.comparison import ComparingService
        from samstudio.services.comparison.decoders import SideDecoders

        return ComparingService(
            annotations=self.annotations,
            images=self.images,
            versions=self.versions,
            jobs=self.jobs,
            decoders=SideDecoders(
                versions=self.versions,
                model=lambda: self.model,
                embeddings=lambda: self.embeddings,
                pixels=self.images.pixels,
            ),
        )

    @lazy
    def plots(self) -> PlotService:
        """Pictures of objects, decoders and jobs."""
        from samstudio.services.plotting import PlotService

        return PlotService(
            images=self.images,
            annotations=self.annotations,
            jobs=self.jobs,
            predictions=lambda: self.predictions,
        )

    @lazy
    def takeaway(self) -> TakeawayService:
        """Versions out as files, and back in."""
        from samstudio.sam.models import read_stock
        from samstudio.sam.weights.sources import ensure_decoder_graph
        from samstudio.services.versions.transfer import TakeawayService

        chosen, folder = self.settings.checkpoint, self.settings.weights_dir
        progress = self._weights_progress
        return TakeawayService(
            versions=self.versions,
            stock=lambda: read_stock(
                name=self.settings.model, checkpoint=chosen, weights_dir=folder, progress=progress
            ),
            graph=lambda: ensure_decoder_graph(checkpoint=chosen, weights_dir=folder, progress=progress),
        )

    def backing_up(self) -> AbstractContextManager[None]:
        """While inside, the database is copied where ``database_copy`` says, if anywhere."""
        return backing_up(self.settings.resolved_database_url, self.settings.database_copy)

    def warm_up(self) -> None:
        """Load the model and the live decoder now, so that the first click does not wait for them."""
        _ = self.predictions


def open_project(settings: Settings | None = None, *, weights_progress: Progress | None = None) -> Project:
    """A studio over ``settings`` (by default those of the environment)."""
    return Project(settings or Settings(), weights_progress=weights_progress)
