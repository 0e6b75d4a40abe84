"""A real project over a temporary folder, with fakes at its edges: no model, no worker process, no weights.

Its "decoder" answers a box with the ellipse inside it, and a point with a disc
round it; each later negative point cuts a disc out. The three answers to an
ambiguous point are discs of radius 30, 50 and 15. Its jobs are not run at all,
or played on a thread.
"""

from __future__ import annotations

import dataclasses
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import update

from samstudio.config import Settings
from samstudio.db.tables import AnnotationRow, JobPointRow, JobRow
from samstudio.domain import (
    AnnotationStatus,
    DecoderVersion,
    Embedding,
    InvalidInput,
    Job,
    JobPoint,
    JobStatus,
    Prediction,
    Prompt,
    Size,
)
from samstudio.engine import Engine
from samstudio.lazy import lazy
from samstudio.project import Project
from samstudio.records import JobConfig, JobResult, VersionConfig, VersionScores
from samstudio.sam.embeddings import EmbeddingMemory
from samstudio.sam.transfer import DECODER_FORMATS
from samstudio.services.versions import VersionService
from tests.unit.services.comparison.fakes import ShareDecoders

NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
FOR_EVER = 1e9


class FakeEncoder:
    """Takes its time, and sees nothing."""

    id = "0123456789ab"

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._features = np.zeros((256, 64, 64), np.float16)

    def encode(self, pixels: NDArray[np.uint8]) -> Embedding:
        time.sleep(self._delay)
        size = (pixels.shape[0], pixels.shape[1])
        return Embedding(self._features, size, size)


class FakePredictor:
    """Answers with ellipses and discs; remembers what it was asked, and how many prompts at once."""

    def __init__(self, path: Callable[[int], Path], live: Callable[[], int]) -> None:
        self._path = path
        self._live = live
        self.asked: list[Prompt] = []
        self.batches: list[int] = []
        self.scores = (0.93, 0.865, 0.8)

    def predict(
        self,
        embedding: Embedding,
        prompts: Sequence[Prompt],
        *,
        version: int | None = None,
        multimask_output: bool = False,
    ) -> list[Prediction]:
        number = self._live() if version is None else version
        if number:
            self._path(number)  # raises for a version that is not there
        self.asked += prompts
        self.batches.append(len(prompts))
        return [self._answer(one, embedding.original_size, number, multimask_output) for one in prompts]

    def _answer(self, prompt: Prompt, size: Size, version: int, multimask: bool) -> Prediction:
        masks = [answer_to(prompt, size, radius) for radius in ((30, 50, 15) if multimask else (30,))]
        # Each answer's logits differ, so that a test can tell which one was fed back.
        logits = [np.full((256, 256), index, dtype=np.float32) for index in range(len(masks))]
        return Prediction(
            masks=np.stack(masks),
            iou_predictions=np.array(self.scores[: len(masks)], np.float32),
            low_res_logits=np.stack(logits),
            version=version,
        )


def answer_to(prompt: Prompt, size: Size, radius: int = 30) -> NDArray[np.bool_]:
    """What `FakePredictor` sees: bool of ``size`` (H, W)."""
    ys, xs = np.ogrid[: size[0], : size[1]]
    mask = np.zeros(size, dtype=bool)
    if prompt.box is not None:
        x0, y0, x1, y1 = prompt.box
        mask = ((xs - (x0 + x1) / 2) / (x1 - x0)) ** 2 + ((ys - (y0 + y1) / 2) / (y1 - y0)) ** 2 <= 0.25
    for (x, y), label in zip(prompt.point_coords, prompt.point_labels, strict=True):
        disc = (xs - x) ** 2 + (ys - y) ** 2 <= (radius if label else 15) ** 2
        mask = mask | disc if label else mask & ~disc
    return mask


class FakeEngine(Engine):
    """An engine without weights: `FakeEncoder` encodes, `FakePredictor` decodes."""

    def __init__(self, settings: Settings, *, delay: float = 0.0) -> None:
        super().__init__(settings)
        self._delay = delay

    @lazy
    def model(self) -> Any:
        time.sleep(self._delay)
        return SimpleNamespace(name=self.model_name, encoder=FakeEncoder(self._delay), stock=None)

    @lazy
    def memory(self) -> EmbeddingMemory:
        return EmbeddingMemory(encoder=self.model.encoder, limit_bytes=64 << 20)

    def predictor(self, *, path: Callable[[int], Path], live: Callable[[], int]) -> Any:
        return FakePredictor(path, live)


class NoRunner:
    """Launches nothing: a job stays queued until the test moves it on."""

    def launch(self, job_id: int) -> None:
        pass


class PlayingRunner:
    """Plays a short job on a thread: curves, a version that goes live, a verdict."""

    def __init__(self, project: Project, seconds: float) -> None:
        self._project = project
        self._seconds = seconds

    def launch(self, job_id: int) -> None:
        self._project.jobs.claim(job_id)
        threading.Thread(target=self._play, args=(job_id,), daemon=True).start()

    def _play(self, job_id: int) -> None:
        jobs, steps = self._project.jobs, 60
        for step in range(steps):
            time.sleep(self._seconds / steps)
            score = 0.68 + 0.12 * step / steps if step % 10 == 0 else None
            point = JobPoint(step, 0.2 / (1 + step / 12) + 0.01 * (step % 3), score, 0.0)
            left = (1 - step / steps) * self._seconds
            known = {"phase": "training", "step": step, "total_steps": steps, "seconds_left": left}
            if jobs.progress(job_id, point=point, **known):
                jobs.mark_cancelled(job_id)
                return
        reason = "Better on images it had not seen: mIoU 0.681 → 0.802 on 9 objects in 4 images."
        scores = {"base_miou": 0.681, "live_miou": 0.681, "candidate_miou": 0.802}
        accepted = self._project.annotations.list(status=AnnotationStatus.ACCEPTED)
        number = self._project.versions.create(
            write=lambda path: path.write_text("decoder"),
            reason=reason,
            scores=VersionScores.from_json(scores),
            job_id=job_id,
            annotation_ids=[one.id for one in accepted],
            promote=True,
        ).number
        result = {"version": number, "promoted": True, "reason": reason, "n_train": 9, "n_val": 4, **scores}
        jobs.finish(job_id, JobResult.from_json(result), reason=reason)


class FakeTransfer:
    """Writes a version's number where its weights would be, and imports any file that says ``decoder``."""

    def __init__(self, versions: VersionService) -> None:
        self._versions = versions
        self.folders: list[Path] = []

    def export_version(self, number: int | None, name: str, path: Path) -> Any:
        DECODER_FORMATS.get(name)
        version = self._versions.get(self._versions.live().number if number is None else number)
        self.folders.append(path.parent)
        path.write_text(f"decoder {version.number} as {name}")
        return SimpleNamespace(version=version.number, model=version.model, format=name, path=path)

    def import_version(self, path: Path, *, reason: str = "") -> DecoderVersion:
        self.folders.append(path.parent)
        if not path.read_bytes().startswith(b"decoder"):
            raise InvalidInput(f"{path.name} holds no mask decoder")
        return self._versions.create(
            write=lambda target: target.write_bytes(path.read_bytes()),
            reason=f"imported from {path.name}" + (f": {reason}" if reason else ""),
            config=VersionConfig(imported_from=path.name),
        )


class FakeProject(Project):
    """A project whose database and files are real, and whose model, workers and weights are not."""

    job_seconds: float | None = None

    @lazy
    def runner(self) -> Any:
        return NoRunner() if self.job_seconds is None else PlayingRunner(self, self.job_seconds)

    @lazy
    def transfer(self) -> Any:
        return FakeTransfer(self.versions)

    @lazy
    def decoders(self) -> ShareDecoders:
        return ShareDecoders()

    def make_version(self, **known: Any) -> int:
        """Store the next version, of a file that holds nothing, and return its number.

        ``scores`` and ``config`` are given as JSON, as old databases hold them.
        """
        given: dict[str, Any] = {"write": lambda path: path.write_bytes(b"weights"), "reason": "better"}
        given |= known
        given["scores"] = VersionScores.from_json(given.get("scores"))
        given["config"] = VersionConfig.from_json(given.get("config"))
        return self.versions.create(**given).number

    def damage(self, annotation_id: int) -> None:
        """Make an object's stored mask unreadable."""
        with self._database.write() as session:
            row = session.get_one(AnnotationRow, annotation_id)
            row.rle = {**row.rle, "counts": "?"}

    def put_job(self, job: Job, points: Sequence[JobPoint] = ()) -> None:
        """Store a job as it is, as its worker would have left it, with its curves."""
        known = {field.name: getattr(job, field.name) for field in dataclasses.fields(job)}
        known |= {"config": job.config.to_json(), "result": job.result.to_json() if job.result else None}
        del known["worker"]
        known["heartbeat_at"] = known["heartbeat_at"] or known["created_at"]
        active = not job.status.finished
        with self._database.write() as session:
            session.execute(update(JobRow).values(slot=None))  # the last one put may be the active one
            session.merge(JobRow(**known, slot=1 if active else None, worker_host="elsewhere", worker_pid=1))
            session.flush()
            session.add_all(JobPointRow(job_id=job.id, **dataclasses.asdict(point)) for point in points)


def open_fake(
    storage: Path, *, delay: float = 0.0, job_seconds: float | None = None, **settings: Any
) -> FakeProject:
    """Open such a project.

    ``delay``: seconds that an image takes to encode; ``job_seconds``: how long a
    job plays, None: nobody runs it.
    """
    chosen = Settings(storage=storage, job_stale_seconds=FOR_EVER, **settings)
    project = FakeProject(chosen, engine=FakeEngine(chosen, delay=delay))
    project.job_seconds = job_seconds
    return project


def version_of(number: int, *, promoted: bool, reason: str, **scores: float) -> DecoderVersion:
    """A version that is stored nowhere."""
    made = VersionScores.from_json(scores)
    return DecoderVersion(number, "vit_t", 0, None, None, None, NOW, promoted, reason, made)


def make_job(**changes: Any) -> Job:
    """A job that is stored nowhere: the first, and running; ``config`` and ``result`` are given as JSON."""
    values: dict[str, Any] = dict.fromkeys(f.name for f in dataclasses.fields(Job))
    values |= {"id": 1, "status": JobStatus.RUNNING, "config": {}, "created_at": NOW, "started_at": NOW}
    values |= {"phase": "training", "step": 0, "total_steps": 0, "cancel_requested": False, "reason": ""}
    values |= changes
    values["config"] = JobConfig.from_json(values["config"])
    values["result"] = None if values["result"] is None else JobResult.from_json(values["result"])
    return Job(**values)


def main() -> None:
    """Serve it: ``python -m tests.unit.web.fakes FOLDER [DELAY] [JOB_SECONDS]``."""
    from samstudio.web.api.app import api_routes
    from samstudio.web.encoding_queue import EncodingQueue
    from samstudio.web.page.launch import keep_serving, start

    delay, job_seconds = (float(value) for value in [*sys.argv[2:4], "0", "1"][:2])
    project = open_fake(Path(sys.argv[1]), delay=delay, job_seconds=job_seconds)
    encoding_queue = EncodingQueue(project)
    routes = api_routes(project, encoding_queue)
    keep_serving(start(project, port=0, encoding_queue=encoding_queue, routes=routes))


if __name__ == "__main__":
    main()
