"""The composition root: wires one `Project` from `Settings` and an `Engine`.

The only module that knows which class has which role in a project. It builds
each part at its first use, so that a command that needs no model
(``versions``, ``jobs``) imports none. It holds no logic of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from samstudio.config import Settings
from samstudio.db.backup import backing_up, restore
from samstudio.db.engine import open_database
from samstudio.engine import Engine
from samstudio.lazy import is_built, lazy
from samstudio.runners.local import LocalRunner
from samstudio.services.annotations import AnnotationService
from samstudio.services.bulk import BulkService, ImageMarks, workers
from samstudio.services.categories import CategoryService
from samstudio.services.dataset_io import DatasetService
from samstudio.services.dataset_io.staging import ImportSessions
from samstudio.services.image_queries import ImageQueryService, SelectionService
from samstudio.services.images import ImageService
from samstudio.services.images.small_files import SmallFiles
from samstudio.services.jobs import JobService
from samstudio.services.jobs.service import Runner
from samstudio.services.near_duplicates import NearDuplicateService
from samstudio.services.preflight import PreflightService
from samstudio.services.proposals.boxes import PendingBoxes
from samstudio.services.splits.service import SplitService
from samstudio.services.trash import TrashService
from samstudio.services.versions import VersionService
from samstudio.services.watch import WatchService
from samstudio.spaces.place import no_tuning_because

if TYPE_CHECKING:
    from samstudio.sam.embeddings import EmbeddingStore
    from samstudio.sam.predictor import LivePredictor
    from samstudio.sam.weights.cache import DownloadProgress
    from samstudio.services.comparison import ComparisonService
    from samstudio.services.comparison.scoring import Decoders
    from samstudio.services.evaluations import EvaluationService
    from samstudio.services.plotting import PlotService
    from samstudio.services.predictions import PredictionService
    from samstudio.services.proposals.drawing import BoxDrawing
    from samstudio.services.splits.scoring import TestSetScoring
    from samstudio.services.tuning import TuningService
    from samstudio.services.versions.transfer import TransferService


class Project:
    """A dataset: a database, a storage folder, every service over them, and its live version.

    Also a context manager, which closes it. The engine stays as it is.

    Safe to share between threads: each part is built once, at its first use. The
    model is loaded at the first use of `embeddings`, `predictor`, `predictions`
    or `evaluations`; it is the engine's, which other projects may share.
    """

    def __init__(self, settings: Settings, *, engine: Engine) -> None:
        """Open the database, migrating it to the present schema.

        Raises:
            InvalidInput: The engine runs another model than ``settings`` ask for.
        """
        engine.check_serves(settings)
        self.settings = settings
        self.engine = engine
        if settings.database_copy is not None:
            restore(settings.resolved_database_url, settings.database_copy)
        self._database = open_database(settings.resolved_database_url)
        self.observe: Callable[[str, float], object] = lambda _stage, _seconds: None
        """Called with each stage of a prediction and its seconds; replaced by the observability code."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the database. Using the project afterwards opens new ones."""
        self._database.close()

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
            max_pages=self.settings.max_pages,
            on_delete=self._forget_made,
        )

    @lazy
    def image_queries(self) -> ImageQueryService:
        """Lists of images: filtered, ordered, by pages."""
        return ImageQueryService(database=self._database)

    @lazy
    def selections(self) -> SelectionService:
        """What is selected in lists of images."""
        return SelectionService(database=self._database, queries=self.image_queries)

    @lazy
    def categories(self) -> CategoryService:
        """Changes of categories."""
        return CategoryService(database=self._database, bulk=self.bulk)

    @lazy
    def bulk(self) -> BulkService:
        """Changes of many images at once."""
        return BulkService(
            database=self._database,
            queries=self.image_queries,
            workers=workers(predictions=lambda: self.predictions, remove=self.trash.remove_one),
        )

    @lazy
    def image_marks(self) -> ImageMarks:
        """What is said of one image: where it stands, a note, a flag."""
        return ImageMarks(database=self._database)

    @lazy
    def splits(self) -> SplitService:
        """The fixed test set."""
        return SplitService(
            database=self._database, bulk=self.bulk, alike=lambda: self.near_duplicates.known_sets()
        )

    @lazy
    def near_duplicates(self) -> NearDuplicateService:
        """Sets of near-duplicate pictures, suggested as groups."""
        return NearDuplicateService(
            database=self._database, bulk=self.bulk, embeddings=lambda: self.embeddings
        )

    @lazy
    def trash(self) -> TrashService:
        """Deleted images, until they are deleted for good."""
        return TrashService(database=self._database, images=self.images, days=self.settings.trash_days)

    @lazy
    def small_files(self) -> SmallFiles:
        """Small pictures of images, for lists."""
        return SmallFiles(self.settings.storage / "thumbnails")

    def _forget_made(self, image_id: str) -> None:
        """Delete what was made of an image that is gone."""
        from samstudio.sam.embeddings import delete_embeddings

        self.small_files.delete(image_id)
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
        """Import and export of datasets in folders."""
        return DatasetService(images=self.images, annotations=self.annotations, boxes=self.boxes)

    @lazy
    def boxes(self) -> PendingBoxes:
        """Boxes that came in without a mask."""
        return PendingBoxes(database=self._database)

    @lazy
    def box_drawing(self) -> BoxDrawing:
        """Masks for them, by the live version."""
        from samstudio.services.proposals.drawing import BoxDrawing

        return BoxDrawing(
            boxes=self.boxes,
            images=self.images,
            annotations=self.annotations,
            predictions=lambda: self.predictions,
        )

    @lazy
    def imports(self) -> ImportSessions:
        """Imports whose files are sent one by one, planned and applied in the background."""
        from samstudio.services.dataset_io.staging.importer import StagedImporter

        return ImportSessions(
            folder=self.settings.storage / "imports",
            importer=StagedImporter(imports=self.datasets.imports, images=self.images),
        )

    @lazy
    def preflight(self) -> PreflightService:
        """Findings on the annotations before a tuning job is started."""
        return PreflightService(database=self._database)

    @lazy
    def versions(self) -> VersionService:
        """Tuned decoders and the alias ``live``."""
        return VersionService(
            database=self._database,
            folder=self.settings.storage / "decoders",
            model=self.engine.model_name,
        )

    @lazy
    def runner(self) -> Runner:
        """Where tuning jobs run: each in a process of its own, on this machine."""
        return LocalRunner(
            environment=self.settings.to_environment(),
            log_folder=self.settings.storage / "jobs",
            on_exit=lambda _job_id: self._recover_jobs(),
        )

    @lazy
    def jobs(self) -> JobService:
        """Tuning jobs as database rows; `tuning` starts and runs them."""
        return JobService(
            database=self._database, runner=self.runner, stale_seconds=self.settings.job_stale_seconds
        )

    def _recover_jobs(self) -> None:
        self.jobs.recover()

    @lazy
    def embeddings(self) -> EmbeddingStore:
        """This project's embeddings: in the engine's memory, and on disk in the storage folder."""
        return self.engine.embeddings_in(self._embeddings_folder)

    @lazy
    def predictor(self) -> LivePredictor:
        """The predictor over this project's decoders, the live one among them."""
        return self.engine.predictor(path=self.versions.path, live=lambda: self.versions.live().number)

    @lazy
    def predictions(self) -> PredictionService:
        """Prediction of masks from prompts."""
        from samstudio.services.predictions import PredictionService

        return PredictionService(
            images=self.images,
            embeddings=self.embeddings,
            predictor=self.predictor,
            observe=lambda stage, seconds: self.observe(stage, seconds),
        )

    @lazy
    def evaluations(self) -> EvaluationService:
        """Evaluation of a version on a folder of images and masks."""
        from samstudio.services.evaluations import EvaluationService

        return EvaluationService(
            embeddings=self.embeddings,
            stock=self.engine.model.stock,
            versions=self.versions,
            max_pixels=self.max_pixels,
        )

    @lazy
    def tuning(self) -> TuningService:
        """The service that starts tuning jobs, and runs them inside a worker."""
        from samstudio.services.tuning import TuningService

        return TuningService(
            jobs=self.jobs,
            images=self.images,
            annotations=self.annotations,
            versions=self.versions,
            model=lambda: self.engine.model,
            embeddings=lambda: self.embeddings,
            default_max_seconds=self.settings.tune_max_seconds,
            refusal=no_tuning_because(os.environ),
        )

    @lazy
    def comparison(self) -> ComparisonService:
        """Comparison of two versions, side by side, on the accepted objects."""
        from samstudio.services.comparison import ComparisonService

        return ComparisonService(
            annotations=self.annotations,
            images=self.images,
            versions=self.versions,
            jobs=self.jobs,
            decoders=self.decoders,
        )

    @lazy
    def decoders(self) -> Decoders:
        """Decoders of versions, also blended with stock, for the comparison."""
        from samstudio.services.comparison.decoders import BlendedDecoders

        return BlendedDecoders(
            versions=self.versions,
            model=lambda: self.engine.model,
            embeddings=lambda: self.embeddings,
            pixels=self.images.pixels,
        )

    @lazy
    def watch(self) -> WatchService:
        """The watch of the live version on objects that are new to it."""
        return WatchService(
            database=self._database,
            versions=self.versions,
            annotations=self.annotations,
            images=self.images,
            decoders=lambda: self.decoders,
            banked=lambda image_id: self.embeddings.has(image_id),
            rolls_back=self.settings.watch_rollback,
        )

    @lazy
    def test_scores(self) -> TestSetScoring:
        """The scores of every version on the fixed test set."""
        from samstudio.services.splits.scoring import TestSetScoring

        return TestSetScoring(
            database=self._database,
            versions=self.versions,
            annotations=self.annotations,
            images=self.images,
            decoders=lambda: self.decoders,
            banked=lambda image_id: self.embeddings.has(image_id),
            model=self.engine.model_name,
        )

    @lazy
    def plots(self) -> PlotService:
        """Plots of objects, decoders and jobs."""
        from samstudio.services.plotting import PlotService

        return PlotService(
            images=self.images,
            annotations=self.annotations,
            jobs=self.jobs,
            predictions=lambda: self.predictions,
        )

    @lazy
    def transfer(self) -> TransferService:
        """Export of versions as files, and import from them."""
        from samstudio.services.versions.transfer import TransferService

        return TransferService(
            versions=self.versions, stock=self.engine.stock_weights, graph=self.engine.decoder_graph
        )

    def backing_up(self) -> AbstractContextManager[None]:
        """Return a context in which the database is copied to ``database_copy``, if that is set."""
        return backing_up(self.settings.resolved_database_url, self.settings.database_copy)

    def warm_up(self) -> None:
        """Load the model and the live decoder now, so that the first click does not wait for them."""
        _ = self.predictions


def open_project(
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    weights_progress: DownloadProgress | None = None,
) -> Project:
    """Open the project in ``settings.storage``, creating what is not there.

    Args:
        settings: By default those of the environment.
        engine: A model to share with other projects of this process, with its device, threads and
            memory for embeddings; by default a new one.
        weights_progress: Called as weights are downloaded, where the engine is new.

    Raises:
        InvalidInput: The engine runs another model than ``settings`` ask for.
    """
    chosen = settings or Settings()
    return Project(chosen, engine=engine or Engine(chosen, weights_progress=weights_progress))
