"""Every route, sent what the OpenAPI document allows and what it forbids, over real services.

The model, the worker and the weights are fakes: this is about the routes. Ids
in a path are those of things that exist, so that the requests get past a 404;
what a request that changes something took away is there again for the next one.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from samstudio.config import Settings
from samstudio.domain import JobPoint, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.records import JobConfig, JobResult
from samstudio.services.images.file_types import MEDIA_TYPES
from samstudio.web.api.app import build_api
from samstudio.web.encoding_queue import EncodingQueue
from tests.unit.web.fakes import FakeProject, open_fake

SEMANTIC = [
    "addImage",
    "importVersion",
    "blendVersion",
    "predict",
    "predictUpload",
    "drawMask",
    "addAnnotation",
    "changeAnnotation",
    "startJob",
    "exportDataset",
    "putImportFile",
    "removeImportFile",
    "planImport",
    "applyImport",
    "getDoubt",
    "findImages",
    "getNeighbours",
    "markImage",
    "changeImages",
    "orderCategories",
    "changeCategory",
    "mergeCategory",
    "mergeCategories",
    "moveCategory",
    "deleteCategory",
    "exportImages",
    "planTestSet",
    "drawTestSet",
]
"""These look at more than a document can say (is it a picture, does the mask fit it?), so may answer 422."""

CONFIG = {
    "seed": 1,
    "generation": {"max-examples": 5, "deterministic": True, "database": "none", "no-shrink": True},
    "operations": [
        {
            "include-operation-id": SEMANTIC,
            "checks": {
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", "400", "404", "409", "422"],
                }
            },
        }
    ],
}


def _png() -> bytes:
    out = io.BytesIO()
    Picture.fromarray(np.arange(200 * 170 * 3).reshape(170, 200, 3).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


PNG = _png()


class World:
    """A studio that always holds an image, an annotation, a job that has ended, and two versions."""

    def __init__(self, project: FakeProject) -> None:
        self.project = project
        self._known: dict[str, object] = {}

    def ids_for(self, method: str) -> dict[str, object]:
        """The ids for a request of this method; what only reads leaves things as they are for the next."""
        known = self._known or self.set_right()
        self._known = known if method == "GET" else {}
        return known

    def set_right(self) -> dict[str, object]:
        """Make good what is missing; the ids of what there is, by the names that paths have for them."""
        project = self.project
        image = project.images.add(PNG, filename="a.png").image
        if not project.annotations.list(image.id):
            project.annotations.add(NewAnnotation(image.id, "cup", encode_rle(np.ones((170, 200), bool))))
        active = project.jobs.active()
        if active is not None:
            project.jobs.cancel(active.id)
        return {
            "image_id": image.id,
            "annotation_id": project.annotations.list(image.id)[-1].id,
            "job_id": self._ended_job(),
            "version": self._spare_version(),
            "import_id": self._import(),
            "category_id": self.project.annotations.ensure_category("spare").id,
            "bulk_id": self.project.bulk.apply("flag", image_ids=[image.id]).id,
        }

    def _import(self) -> str:
        imports = self.project.imports
        (known, *_) = imports.list() or [imports.create()]
        imports.cancel(known.id)
        imports.wait(known.id)
        if not imports.files(known.id):
            with imports.receiving(known.id, "a.png") as path:
                path.write_bytes(PNG)
        return known.id

    def _ended_job(self) -> int:
        jobs = self.project.jobs
        if not jobs.list(limit=1):
            job = jobs.enqueue(JobConfig(seed=0))
            jobs.claim(job.id)
            jobs.progress(job.id, phase="training", step=1, total_steps=1, point=JobPoint(1, 0.5, 0.7, 1.0))
            jobs.finish(job.id, JobResult(), reason="no gain")
        return 1

    def _spare_version(self) -> int:
        live = self.project.versions.live().number
        spare = [one.number for one in self.project.versions.list() if one.number not in (0, live)]
        return spare[0] if spare else self.project.make_version()


# The document depends on no storage; the tests' parameters come from it before there is one.
no_boxes = SimpleNamespace(waiting=list, draw=lambda _image_id: 0)
project = cast(FakeProject, SimpleNamespace(settings=Settings(max_upload_mb=1), box_drawing=no_boxes))
app = build_api(project, EncodingQueue(project))
schema = schemathesis.openapi.from_asgi(
    "/api/openapi.json", app, config=schemathesis.Config.from_dict(CONFIG)
)
for kind in ("image/*", "application/dicom", "application/vnd.nifti"):
    schemathesis.openapi.media_type(kind, st.just(PNG))


@schemathesis.serializer(
    *(kind for kind in MEDIA_TYPES if kind not in ("image/png", "image/jpeg", "image/webp"))
)
def _as_it_is(context: schemathesis.SerializationContext, value: bytes) -> bytes:
    return value


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    storage: Path = tmp_path_factory.mktemp("schema") / "storage"
    app.state.project = open_fake(storage, max_upload_mb=1)
    app.state.encoding_queue = EncodingQueue(app.state.project)
    return World(app.state.project)


@schema.parametrize()
@settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case: schemathesis.Case, world: World) -> None:
    known = world.ids_for(case.method)
    for name, value in (case.path_parameters or {}).items():
        if _well_formed(name, value):
            case.path_parameters[name] = known[name]
    case.call_and_validate()


def _well_formed(name: str, value: object) -> bool:
    """Whether a generated id is one as documented; those that are not stay as they are."""
    if name == "image_id":
        return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None
    if name == "import_id":
        return isinstance(value, str) and re.fullmatch("[0-9a-f]{16}", value) is not None
    if name in ("path", "index"):
        return False
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31
