"""Tuning jobs, from the start to the verdict.

`start` is called by the app and only writes a row; `run` is called inside the
worker process and does the work: the learning set, tuning, the gate, and, where the
gate says so, the swap. How tuning works is `samstudio.tuning`'s responsibility.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import (
    STOCK_VERSION,
    DecoderVersion,
    InvalidInput,
    Job,
    JobPoint,
    StudioError,
    Unavailable,
    Use,
)
from samstudio.records import JobConfig, JobResult
from samstudio.services.annotations import AnnotationService
from samstudio.services.comparison.stored_scores import StoredScores
from samstudio.services.images import ImageService
from samstudio.services.jobs import JobService
from samstudio.services.preflight.dataset_checks import NOTHING_ACCEPTED, NOTHING_TO_LEARN_FROM
from samstudio.services.tuning.canary import canary_set
from samstudio.services.tuning.learning_set import LearningSet, LearningSets
from samstudio.services.tuning.records import evaluations, failure, held_out, reason, report, scores
from samstudio.services.versions import VersionService
from samstudio.text import aside_words
from samstudio.tuning.progress import Cancelled

if TYPE_CHECKING:
    from samstudio.sam.embeddings import EmbeddingStore
    from samstudio.sam.models import SamModel
    from samstudio.tuning.pipeline import TuneOutcome, TuningProgress

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0


class TuningService:
    """The service that starts tuning jobs and runs them."""

    def __init__(
        self,
        *,
        jobs: JobService,
        images: ImageService,
        annotations: AnnotationService,
        versions: VersionService,
        model: Callable[[], SamModel],
        embeddings: Callable[[], EmbeddingStore],
        default_max_seconds: float,
        refusal: str | None = None,
    ) -> None:
        self._jobs = jobs
        self._images = images
        self._annotations = annotations
        self._versions = versions
        self._model = model
        self._embeddings = embeddings
        self._default_max_seconds = default_max_seconds
        self._refusal = refusal

    def start(
        self,
        *,
        max_seconds: float | None = None,
        seed: int = 0,
        from_live: bool = False,
        keep_everyday: bool = False,
    ) -> Job:
        """Queue a job and launch its worker; return at once.

        Args:
            max_seconds: Time for encoding, training and judging; None is the setting.
            seed: Seed of everything random in the job.
            from_live: Go on from the live version instead of stock.
            keep_everyday: Refuse a candidate that gets much worse on everyday objects.

        Raises:
            InvalidInput: No accepted mask exists that may be learned from, or the time is not positive.
            Conflict: Another job is queued or running.
            Unavailable: Jobs cannot run here at all.
        """
        if self._refusal is not None:
            raise Unavailable(self._refusal)
        seconds = self._default_max_seconds if max_seconds is None else max_seconds
        if not seconds > 0:
            raise InvalidInput(f"max seconds is {seconds:g}: give the job a positive time")
        uses = self._annotations.uses()
        if uses.all_aside:
            raise InvalidInput(NOTHING_TO_LEARN_FROM)
        if not uses.of(Use.LEARN).objects:
            raise InvalidInput(NOTHING_ACCEPTED)
        return self._jobs.start(
            JobConfig(max_seconds=seconds, seed=seed, from_live=from_live, keep_everyday=keep_everyday)
        )

    def run(self, job_id: int) -> Job:
        """Run a queued job to its end in this process; return it as it is then.

        A failure inside the job is no exception here: the job's reason says what
        failed, in words. A job that another worker has claimed is left alone.

        Raises:
            NotFound: There is no such job.
        """
        if not self._jobs.claim(job_id):
            return self._jobs.get(job_id)
        with self._heartbeat(job_id):
            try:
                result = self._work(job_id)
                return self._jobs.finish(job_id, result, reason=result.reason or "")
            except Cancelled:
                return self._jobs.mark_cancelled(job_id, "Cancelled on request; nothing was changed.")
            except StudioError as error:
                return self._jobs.fail(job_id, str(error))
            except Exception as error:
                log.exception("job %d failed", job_id)
                return self._jobs.fail(job_id, failure(error))

    def _work(self, job_id: int) -> JobResult:
        started = time.monotonic()
        config = self._jobs.get(job_id).config
        live = self._versions.get(self._versions.live().number)
        learned = self._learning_set(job_id, live, config)
        outcome = self._tune(job_id, learned, live, config)
        version = self._store(job_id, outcome, learned, live, config)
        return report(job_id, version, outcome, seconds=time.monotonic() - started)

    def _learning_set(self, job_id: int, live: DecoderVersion, config: JobConfig) -> LearningSet:
        """Draw, encode and read what to learn from.

        After each swap another part of a large dataset is drawn: the live version is then compared
        on objects that it never saw, and in time all of them are learned from.
        """
        sets = LearningSets(
            annotations=self._annotations,
            images=self._images,
            embeddings=self._embeddings(),
            on_image=lambda done, total: self._report_progress(
                job_id, phase="preparing images", step=done, total_steps=total
            ),
        )
        seconds = config.max_seconds or self._default_max_seconds
        return sets.make(seed=(config.seed or 0) + live.number, max_seconds=seconds)

    def _tune(
        self, job_id: int, learned: LearningSet, live: DecoderVersion, config: JobConfig
    ) -> TuneOutcome:
        from samstudio.sam.decoder import load_decoder_state
        from samstudio.tuning.pipeline import tune
        from samstudio.tuning.recipe import Recipe

        store, canary = self._embeddings(), canary_set()

        def pixels_of(image_id: str) -> Callable[[], NDArray[np.uint8]]:
            own = canary.pixels.get(image_id)
            return (lambda: self._images.pixels(image_id)) if own is None else (lambda: own)

        def progress(now: TuningProgress) -> None:
            self._report_progress(
                job_id,
                phase=now.phase,
                step=now.step,
                total_steps=now.total_steps,
                seconds_left=now.seconds_left,
                point=JobPoint(now.step, now.loss, now.val_miou, now.seconds)
                if now.loss is not None or now.val_miou is not None
                else None,
            )

        return tune(
            stock=self._model().stock,
            live_state=load_decoder_state(self._versions.path(live.number)) if live.number else None,
            live_annotation_ids=live.annotation_ids,
            live_held_out=self._live_held_out(live),
            examples=learned.examples,
            embedding=lambda image_id: store.get(image_id, pixels_of(image_id)),
            everyday=canary.examples,
            from_live=bool(config.from_live),
            recipe=Recipe(keep_everyday=bool(config.keep_everyday)),
            seed=config.seed or 0,
            max_seconds=learned.seconds,
            on_progress=progress,
        )

    def _live_held_out(self, live: DecoderVersion) -> dict[int, float]:
        """Return what the live version's models got on objects that they had not seen, still as they were."""
        stored = StoredScores(versions=self._versions, jobs=self._jobs).held_out(live.number)
        changed = self._annotations.updated_at(stored)
        return {id_: iou for id_, (iou, since) in stored.items() if id_ in changed and changed[id_] <= since}

    def _report_progress(self, job_id: int, **values: Any) -> None:
        if self._jobs.progress(job_id, **values):
            raise Cancelled

    def _store(
        self,
        job_id: int,
        outcome: TuneOutcome,
        learned: LearningSet,
        live: DecoderVersion,
        config: JobConfig,
    ) -> DecoderVersion:
        from samstudio.sam.decoder import save_decoder

        ids = tuple(
            e.annotation_id for e in learned.examples if e.annotation_id is not None and not e.judged_only
        )
        made = replace(
            outcome.config,
            max_seconds=config.max_seconds,
            from_live=config.from_live,
            drawn=learned.drawn,
            kept_aside=learned.kept_aside or None,
        )
        told = reason(outcome, lambda image_id: self._images.get(image_id).filename)
        version = self._versions.create(
            write=lambda path: save_decoder(
                path, outcome.state, {"model": self._model().name, "job": str(job_id)}
            ),
            parent=live.number if outcome.config.start == "live" else STOCK_VERSION,
            job_id=job_id,
            reason=f"{told} {aside_words(learned.kept_aside)}".strip(),
            scores=scores(outcome),
            config=made,
            annotation_ids=ids,
            dataset_digest=self._annotations.digest(ids),
            promote=outcome.promote,
        )
        judged = evaluations(outcome, job_id=job_id, version=version.number, live=live.number)
        self._versions.record_evaluations(judged)
        self._record_held_out(job_id, outcome, live)
        return version

    def _record_held_out(self, job_id: int, outcome: TuneOutcome, live: DecoderVersion) -> None:
        read_at = self._jobs.get(job_id).started_at
        if read_at is not None:
            ious = held_out(outcome, self._versions.learned_from(live.number))
            self._annotations.record_held_out({number: (iou, read_at) for number, iou in ious.items()})

    @contextmanager
    def _heartbeat(self, job_id: int) -> Iterator[None]:
        """Record every two seconds that this process is alive, whatever it is busy with."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(HEARTBEAT_SECONDS):
                try:
                    self._jobs.heartbeat(job_id)
                except Exception:
                    log.exception("heartbeat of job %d", job_id)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
