"""A studio in memory, hand-written: the same verbs, no database, no model.

Its "decoder" answers a box with the ellipse inside it, and a point with a disc
round it; each later negative point cuts a disc out. The three answers to an
ambiguous point are discs of radius 30, 50 and 15, the best first.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image as Picture

from samstudio.domain import (
    Annotation,
    AnnotationChange,
    AnnotationStatus,
    Category,
    Conflict,
    DecoderVersion,
    Image,
    InvalidInput,
    Job,
    JobPoint,
    JobStatus,
    LiveVersion,
    NewAnnotation,
    NotFound,
    Prediction,
    Prompt,
    StaleAnnotation,
)
from samstudio.masks import RunLengths, decode_rle, mask_to_box
from samstudio.prompts import fit_prompt
from samstudio.sam.geometry import mask_logits
from samstudio.sam.transfer import DECODER_FORMATS
from samstudio.services.comparison import ComparingService
from samstudio.services.preflight.findings import Finding, Severity
from tests.unit.services.comparison.fakes import ShareDecoders

NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
COLORS = ("#6366f1", "#f59e0b", "#10b981", "#ec4899")


class FakeImages:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._images: dict[str, Image] = {}

    def add(self, data: bytes, *, filename: str, group: str | None = None) -> Any:
        try:
            picture = Picture.open(io.BytesIO(data)).convert("RGB")
        except OSError as error:
            raise InvalidInput(f"{filename} is not an image that can be read") from error
        image_id = hashlib.sha256(np.asarray(picture).tobytes()).hexdigest()
        created = image_id not in self._images
        if created:
            picture.save(self._folder / f"{image_id}.png", compress_level=1)
            self._images[image_id] = Image(image_id, filename, picture.width, picture.height, "PNG", NOW)
        return SimpleNamespace(image=self._images[image_id], created=created)

    def get(self, image_id: str) -> Image:
        if image_id not in self._images:
            raise NotFound("no image has this id")
        return self._images[image_id]

    def list(self, offset: int = 0, limit: int | None = None, *, newest_first: bool = False) -> list[Image]:
        return list(self._images.values())[offset : None if limit is None else offset + limit]

    def count(self) -> int:
        return len(self._images)

    def path(self, image_id: str) -> Path:
        return self._folder / f"{self.get(image_id).id}.png"

    def delete(self, image_id: str, *, with_annotations: bool = False) -> None:
        del self._images[self.get(image_id).id]


class FakeAnnotations:
    def __init__(self) -> None:
        self._rows: dict[int, Annotation] = {}
        self._categories: dict[str, Category] = {}

    def ensure_category(self, name: str) -> Category:
        number = len(self._categories) + 1
        return self._categories.setdefault(name, Category(number, name, COLORS[(number - 1) % len(COLORS)]))

    def add(self, new: NewAnnotation) -> Annotation:
        for known in self._rows.values():
            if new.client_id is not None and known.client_id == new.client_id:
                return known
        row = Annotation(
            id=len(self._rows) + 1,
            image_id=new.image_id,
            category=self.ensure_category(new.category),
            rle=new.rle,
            box=mask_to_box(decode_rle(new.rle)),
            area=RunLengths.parse(new.rle).area,
            status=new.status,
            prompts=new.prompts,
            proposed_by=new.proposed_by,
            proposed_rle=new.proposed_rle,
            predicted_iou=new.predicted_iou,
            revision=1,
            created_at=NOW,
            updated_at=NOW,
            client_id=new.client_id,
        )
        self._rows[row.id] = row
        return row

    def change_many(
        self, *, add: Any = (), remove: Any = (), restore: Any = (), propose: Any = ()
    ) -> AnnotationChange:
        before = dict(self._rows)
        try:
            return AnnotationChange(
                removed=tuple(self._marked(AnnotationStatus.REJECTED, *pair) for pair in remove),
                restored=tuple(
                    self._marked(status, *pair)
                    for status, pairs in (
                        (AnnotationStatus.ACCEPTED, restore),
                        (AnnotationStatus.PROPOSED, propose),
                    )
                    for pair in pairs
                ),
                added=tuple(self.add(new) for new in add),
            )
        except Exception:
            self._rows = before
            raise

    def _marked(self, status: AnnotationStatus, annotation_id: int, revision: int) -> Annotation:
        return self.update(annotation_id, revision=revision, status=status)

    def get(self, annotation_id: int) -> Annotation:
        if annotation_id not in self._rows:
            raise NotFound("no object has this id")
        return self._rows[annotation_id]

    def list(
        self,
        image_id: str | None = None,
        status: AnnotationStatus | None = None,
        *,
        without: AnnotationStatus | None = None,
        limit: int | None = None,
    ) -> list[Annotation]:
        rows = sorted(self._rows.values(), key=lambda r: (r.id if r.rank is None else r.rank, r.id))
        wanted = [r for r in rows if image_id in (None, r.image_id) and status in (None, r.status)]
        return [r for r in wanted if r.status != without][:limit]

    def update(self, annotation_id: int, *, revision: int, **changes: Any) -> Annotation:
        row = self.get(annotation_id)
        given = {key: value for key, value in changes.items() if value is not None}
        if "category" in given:
            given["category"] = self.ensure_category(given["category"])
        if "rle" in given:
            mask = given["rle"]
            given |= {"box": mask_to_box(decode_rle(mask)), "area": RunLengths.parse(mask).area}
        if row.revision == revision + 1 and all(getattr(row, key) == given[key] for key in given):
            return row
        if row.revision != revision:
            raise StaleAnnotation("someone else changed this object", annotation_id=row.id)
        self._rows[row.id] = dataclasses.replace(row, revision=revision + 1, **given)
        return self._rows[row.id]

    def delete(self, annotation_id: int, *, revision: int | None = None) -> Annotation:
        row = self.get(annotation_id)
        return self.update(row.id, revision=revision or row.revision, status=AnnotationStatus.REJECTED)

    def categories(self) -> list[Category]:
        return list(self._categories.values())

    def counts(self) -> Any:
        rows = list(self._rows.values())
        accepted = [row for row in rows if row.status is AnnotationStatus.ACCEPTED]
        return SimpleNamespace(
            accepted=len(accepted),
            proposed=0,
            rejected=len(rows) - len(accepted),
            images_with_accepted=len({row.image_id for row in accepted}),
            revisions=sum(row.revision for row in rows),
        )

    def counts_by_image(
        self, image_ids: Any, *, status: AnnotationStatus = AnnotationStatus.ACCEPTED
    ) -> dict[str, int]:
        return {id_: len(self.list(id_, status)) for id_ in image_ids}


class FakeVersions:
    def __init__(self) -> None:
        self.rows = [_version(0, promoted=True, reason="")]
        self._moves: list[LiveVersion] = [LiveVersion(0, None)]

    def list(self, *, newest_first: bool = True) -> list[DecoderVersion]:
        return self.rows[::-1]

    def get(self, number: int) -> DecoderVersion:
        for row in self.rows:
            if row.number == number:
                return row
        raise NotFound(f"there is no version {number}")

    def create(self, *, write: Any, **known: Any) -> DecoderVersion:
        number = len(self.rows)
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder) / "decoder")
        row = _version(number, promoted=False, reason=known.pop("reason"))
        self.rows.append(dataclasses.replace(row, **known))
        return self.rows[-1]

    def evaluations(self, version: int) -> list[Any]:
        return []

    def live(self) -> LiveVersion:
        return self._moves[-1]

    def moves(self) -> list[LiveVersion]:
        return self._moves[::-1]

    def promote(self, number: int, reason: str = "") -> LiveVersion:
        self._moves.append(LiveVersion(number, datetime.now(UTC)))
        return self.live()

    def rollback(self, reason: str = "") -> LiveVersion:
        if len(self._moves) == 1:
            raise Conflict("The stock decoder is live already; there is nothing to roll back to.")
        self._moves.pop()
        return self.live()

    def delete(self, number: int) -> None:
        if number in (0, self.live().number):
            raise Conflict(f"version {number} is live or stock: it cannot be deleted")
        if number not in [row.number for row in self.rows]:
            raise NotFound(f"there is no version {number}")
        self.rows = [row for row in self.rows if row.number != number]


class FakeTransfer:
    """Writes a version's name as its file, and takes any file that says ``decoder`` back."""

    def __init__(self, project: FakeStudio) -> None:
        self._versions = project.versions
        self.folders: list[Path] = []

    def export_version(self, number: int | None, name: str, path: Path) -> Any:
        DECODER_FORMATS.get(name)
        if number not in [row.number for row in self._versions.rows]:
            raise NotFound(f"there is no version {number}")
        self.folders.append(path.parent)
        path.write_text(f"decoder {number} as {name}")
        return SimpleNamespace(version=number, model="vit_t", format=name, path=path)

    def import_version(self, path: Path, *, reason: str = "") -> DecoderVersion:
        self.folders.append(path.parent)
        if not path.read_bytes().startswith(b"decoder"):
            raise InvalidInput(f"{path.name} holds no mask decoder")
        number = len(self._versions.rows)
        row = _version(number, promoted=False, reason=f"imported from {path.name}")
        self._versions.rows.append(dataclasses.replace(row, config={"imported_from": path.name}))
        return self._versions.rows[-1]


def _version(number: int, *, promoted: bool, reason: str, **scores: float) -> DecoderVersion:
    return DecoderVersion(number, "vit_t", 0, None, None, None, NOW, promoted, reason, scores)


def make_job(**changes: Any) -> Job:
    values: dict[str, Any] = dict.fromkeys(f.name for f in dataclasses.fields(Job))
    values |= {"id": 1, "status": JobStatus.RUNNING, "config": {}, "created_at": NOW, "started_at": NOW}
    values |= {"phase": "training", "step": 0, "total_steps": 0, "cancel_requested": False, "reason": ""}
    return Job(**(values | changes))


class FakePreflight:
    """Finds what a test puts into ``found``, and that nothing is accepted."""

    def __init__(self, project: FakeStudio) -> None:
        self._project = project
        self.found: list[Finding] = []

    def check(self) -> list[Finding]:
        if not self._project.annotations.counts().accepted:
            return [Finding(Severity.ERROR, "nothing", "There is nothing to learn from yet.", "")]
        return list(self.found)


class FakeJobs:
    def __init__(self) -> None:
        self.rows: dict[int, Job] = {}
        self.curve: list[JobPoint] = []

    def latest(self) -> Job | None:
        return self.rows[max(self.rows)] if self.rows else None

    def list(self, limit: int | None = None) -> list[Job]:
        return sorted(self.rows.values(), key=lambda job: -job.id)

    def get(self, job_id: int) -> Job:
        if job_id not in self.rows:
            raise NotFound(f"there is no job {job_id}")
        return self.rows[job_id]

    def points(self, job_id: int) -> list[JobPoint]:
        return self.curve

    def cancel(self, job_id: int) -> Job:
        self.rows[job_id] = dataclasses.replace(self.rows[job_id], cancel_requested=True)
        return self.rows[job_id]

    def recover(self) -> list[Job]:
        return []


class FakeTuning:
    """Plays a short job on a thread."""

    def __init__(self, project: FakeStudio, seconds: float) -> None:
        self._project = project
        self._seconds = seconds

    def start(self, *, max_seconds: float | None = None, seed: int = 0, from_live: bool = False) -> Job:
        if not self._project.annotations.counts().accepted:
            raise InvalidInput("There is nothing to learn from yet: accept at least one mask first.")
        job = make_job(id=len(self._project.jobs.rows) + 1, created_at=datetime.now(UTC))
        self._project.jobs.rows[job.id] = job
        threading.Thread(target=self._play, args=(job,), daemon=True).start()
        return job

    def _play(self, job: Job) -> None:
        jobs, steps = self._project.jobs, 60
        jobs.curve = []
        for step in range(steps):
            time.sleep(self._seconds / steps)
            if jobs.rows[job.id].cancel_requested:
                jobs.rows[job.id] = dataclasses.replace(jobs.rows[job.id], status=JobStatus.CANCELLED)
                return
            score = 0.68 + 0.12 * step / steps if step % 10 == 0 else None
            jobs.curve.append(JobPoint(step, 0.2 / (1 + step / 12) + 0.01 * (step % 3), score, 0.0))
            left = (1 - step / steps) * self._seconds
            jobs.rows[job.id] = dataclasses.replace(
                jobs.rows[job.id], step=step, total_steps=steps, seconds_left=left
            )
        number = len(self._project.versions.rows)
        reason = "Better on images it had not seen: mIoU 0.681 → 0.802 on 9 objects in 4 images."
        scores = {"base_miou": 0.681, "live_miou": 0.681, "candidate_miou": 0.802}
        accepted = self._project.annotations.list(status=AnnotationStatus.ACCEPTED)
        row = _version(number, promoted=True, reason=reason, **scores)
        known = {"job_id": job.id, "annotation_ids": tuple(one.id for one in accepted)}
        self._project.versions.rows.append(dataclasses.replace(row, **known))
        self._project.versions.promote(number)
        result = {"version": number, "promoted": True, "reason": reason, "n_train": 9, "n_val": 4, **scores}
        jobs.rows[job.id] = dataclasses.replace(
            jobs.rows[job.id],
            status=JobStatus.SUCCEEDED,
            finished_at=datetime.now(UTC),
            reason=reason,
            result=result,
        )


class FakePredictions:
    def __init__(self, project: FakeStudio, delay: float) -> None:
        self._project = project
        self._delay = delay
        self._prepared: set[str] = set()
        self.asked: list[Prompt] = []
        self.batches: list[int] = []

    def prepare(self, image_id: str) -> None:
        if image_id not in self._prepared:
            time.sleep(self._delay)
            self._prepared.add(self._project.images.get(image_id).id)

    def prepared(self, image_id: str) -> bool:
        return image_id in self._prepared

    def predict(
        self, image_id: str, prompt: Prompt, *, version: int | None = None, multimask_output: bool = False
    ) -> Prediction:
        return self.predict_many(image_id, [prompt], version=version, multimask_output=multimask_output)[0]

    def predict_many(
        self, image_id: str, prompts: Any, *, version: int | None = None, multimask_output: bool = False
    ) -> list[Prediction]:
        self.batches.append(len(prompts))
        number = self._project.versions.live().number if version is None else version
        return [self._answer(image_id, prompt, number, multimask_output) for prompt in prompts]

    def logits_of_mask(self, mask: Any) -> Any:
        return mask_logits(mask)

    def _answer(self, image_id: str, prompt: Prompt, version: int, multimask: bool) -> Prediction:
        self.asked.append(prompt)
        image = self._project.images.get(image_id)
        prompt = fit_prompt(prompt, image.size)
        masks = [self._mask(image, prompt, radius) for radius in ((30, 50, 15) if multimask else (30,))]
        # Each answer's logits differ, so that a test can tell which one was fed back.
        logits = [np.full((256, 256), index, dtype=np.float32) for index in range(len(masks))]
        return Prediction(
            masks=np.stack(masks),
            iou_predictions=np.linspace(0.93, 0.8, len(masks), dtype=np.float32),
            low_res_logits=np.stack(logits),
            version=version,
        )

    def _mask(self, image: Image, prompt: Prompt, radius: int) -> Any:
        ys, xs = np.ogrid[: image.height, : image.width]
        mask = np.zeros(image.size, dtype=bool)
        if prompt.box is not None:
            x0, y0, x1, y1 = prompt.box
            mask = ((xs - (x0 + x1) / 2) / (x1 - x0)) ** 2 + ((ys - (y0 + y1) / 2) / (y1 - y0)) ** 2 <= 0.25
        for (x, y), label in zip(prompt.point_coords, prompt.point_labels, strict=True):
            disc = (xs - x) ** 2 + (ys - y) ** 2 <= (radius if label else 15) ** 2
            mask = mask | disc if label else mask & ~disc
        return mask


class FakeDatasets:
    def __init__(self, project: FakeStudio) -> None:
        self._project = project

    def stats(self) -> Any:
        counts = self._project.annotations.counts()
        categories = [(one, 1) for one in self._project.annotations.categories()]
        images = self._project.images.count()
        return SimpleNamespace(images=images, categories=categories, image_bytes=0, **vars(counts))

    def export(self, name: str, out: Path) -> Any:
        if name != "coco":
            raise InvalidInput(f"{name} is not a format: coco, masks")
        out.mkdir(parents=True)
        (out / "annotations.json").write_text("{}")


class FakeStudio:
    """Shaped as `samstudio.project.Project`."""

    def __init__(self, folder: Path, *, delay: float = 0.0, job_seconds: float = 0.3) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = SimpleNamespace(
            host="127.0.0.1", port=0, max_upload_mb=20, tune_max_seconds=90.0, storage=folder
        )
        self.images = FakeImages(folder)
        self.annotations = FakeAnnotations()
        self.versions = FakeVersions()
        self.transfer = FakeTransfer(self)
        self.jobs = FakeJobs()
        self.predictions = FakePredictions(self, delay)
        self.tuning = FakeTuning(self, job_seconds)
        self.datasets = FakeDatasets(self)
        self.preflight = FakePreflight(self)
        self.decoders = ShareDecoders()
        self.comparing: Any = ComparingService(
            annotations=self.annotations,  # type: ignore[arg-type]
            images=self.images,  # type: ignore[arg-type]
            versions=self.versions,  # type: ignore[arg-type]
            jobs=self.jobs,  # type: ignore[arg-type]
            decoders=self.decoders,
        )

    def warm_up(self) -> None:
        time.sleep(self.predictions._delay)


def main() -> None:
    """Serve it: ``python -m tests.unit.web.page.fakes FOLDER [DELAY] [JOB_SECONDS]``."""
    from samstudio.web.page.launch import serve

    delay, job_seconds = (float(value) for value in [*sys.argv[2:4], "0", "1"][:2])
    serve(FakeStudio(Path(sys.argv[1]), delay=delay, job_seconds=job_seconds), port=0)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
