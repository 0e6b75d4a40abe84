"""A client of SAM Studio's REST API in one file, to be copied where you need it; it needs only ``requests``.

    >>> studio = Client("http://127.0.0.1:7860")
    >>> image = studio.add_image("photo.jpg")
    >>> reply = studio.predict(image["id"], [{"box": [20, 30, 180, 160]}])
    >>> reply["version"], reply["answers"][0]["masks"][0]["predicted_iou"]

Every reply is a plain dict, typed below; every failure is a `StudioError`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Literal, TypedDict
from urllib.parse import quote, urljoin

import requests

MaskFormat = Literal["rle", "polygons", "png"]
Status = Literal["proposed", "accepted", "rejected"]
Version = int | Literal["live"]
Picture = str | Path | bytes | IO[bytes]
"""An image: its file's path, its bytes, or an open file."""

VERSION_HEADER = "SAM-Studio-Version"
AUTHOR_HEADER = "SAM-Studio-Author"
OCTETS = {"Content-Type": "application/octet-stream"}
FINISHED = ("succeeded", "failed", "cancelled")


class Rle(TypedDict):
    """COCO run-lengths: ``size`` is (height, width)."""

    size: list[int]
    counts: str | list[int]


class Mask(TypedDict, total=False):
    """A mask in one of three formats: COCO ``rle``, ``polygons``, or base64 of a ``png``."""

    rle: Rle
    polygons: list[list[float]]
    png: str


class Prompt(TypedDict, total=False):
    """One prompt about one object: a box XYXY, points XY with labels (1 inside, 0 outside), logits."""

    box: Sequence[float]
    point_coords: Sequence[Sequence[float]]
    point_labels: Sequence[int]
    mask_input: str


class Image(TypedDict):
    """A stored image; ``id`` is the SHA-256 of its pixels."""

    id: str
    filename: str
    width: int
    height: int
    source_format: str
    created_at: str
    group: str | None
    mark: Literal["done", "nothing"] | None
    note: str
    flagged: bool


class MaskAnswer(TypedDict):
    """One mask that answers a prompt."""

    predicted_iou: float
    area: int
    box: list[float] | None
    mask: Mask
    logits: str | None


class PromptAnswer(TypedDict):
    """The masks that answer one prompt, the best first."""

    masks: list[MaskAnswer]


class Answers(TypedDict):
    """The answers in the prompts' order, and the decoder version that gave them."""

    version: int
    width: int
    height: int
    answers: list[PromptAnswer]


class Annotation(TypedDict):
    """One object on an image; ``revision`` rises with each change."""

    id: int
    image_id: str
    category: str
    status: Status
    revision: int
    box: list[float]
    area: int
    mask: Mask | None
    proposed_by: int | None
    predicted_iou: float | None
    corrected: bool
    prompts: list[dict[str, Any]]
    rank: float | None
    note: str
    flagged: bool
    client_id: str | None
    author: str | None
    created_at: str
    updated_at: str


class HistoryEntry(TypedDict):
    """What one write did to an annotation, and who did it."""

    at: str
    decided_at: str | None
    actions: list[str]
    author: str | None
    version: int | None
    source: str | None
    category: str | None


class Job(TypedDict):
    """A tuning job."""

    id: int
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    phase: str
    progress: float
    step: int
    total_steps: int
    seconds_left: float | None
    cancel_requested: bool
    reason: str
    result: dict[str, Any] | None
    config: dict[str, Any]
    created_at: str
    started_at: str | None
    finished_at: str | None


class DecoderVersion(TypedDict):
    """A decoder; number 0 is stock."""

    number: int
    model: str
    live: bool
    promoted: bool
    parent: int | None
    job_id: int | None
    reason: str
    created_at: str
    sha256: str | None
    dataset_digest: str | None
    scores: dict[str, Any]


class Import(TypedDict):
    """An import: its plan says what would come in, its report what did."""

    id: str
    state: Literal["collecting", "planning", "planned", "applying", "done", "cancelled", "failed"]
    progress: dict[str, Any] | None
    plan: dict[str, Any] | None
    report: dict[str, Any] | None
    problem: str


class Left(TypedDict):
    """How many images an action left as they were, and why."""

    reason: str
    images: int


class Bulk(TypedDict):
    """An action on many images: ``done`` of ``total`` were looked at.

    ``images`` and ``objects``: how many it changed; ``left``: the other images, by reason. ``undone``: how
    many the undoing has looked at; ``kept``: how many of what it ``counts`` stay as somebody left them since.
    """

    id: int
    action: str
    value: str
    state: Literal["running", "done", "cancelled", "failed", "undoing", "undone"]
    done: int
    total: int
    can_undo: bool
    problem: str
    started_at: str
    counts: Literal["images", "objects"]
    images: int
    objects: int
    left: list[Left]
    undone: int
    kept: int


class StudioError(Exception):
    """An error answer of the server; ``str(error)`` is a sentence for a person.

    ``status``: the HTTP status. ``type``: the failure's stable name, e.g.
    ``urn:samstudio:problem:not-found``. ``problem``: the server's whole answer (RFC 9457).
    """

    def __init__(self, problem: Mapping[str, Any], *, status: int) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or f"HTTP {status}"))
        self.problem = dict(problem)
        self.status = status
        self.type = str(problem.get("type", "about:blank"))


class StaleError(StudioError):
    """An error: someone else changed the annotation, or the image; ``current``: the annotation's state."""

    @property
    def current(self) -> Annotation | None:
        """The annotation's present state; None where it is an image that was changed."""
        return self.problem.get("current")


class Client:
    """A connection to one server; every method raises `StudioError` when the server answers with an error.

    Also a context manager, which closes its connections.
    """

    def __init__(
        self, url: str, token: str | None = None, *, timeout: float = 120.0, author: str | None = None
    ) -> None:
        """Connect to the server at ``url``.

        Args:
            url: Its address, with any path that a proxy serves it under.
            token: The API token, where the server asks for one.
            timeout: Seconds to wait for the server to connect or to send more.
            author: The name under which what is written is recorded.
        """
        self._root = url.rstrip("/") + "/"
        self._timeout = timeout
        self._session = requests.Session()
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"
        if author is not None:
            self._session.headers[AUTHOR_HEADER] = quote(author)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    # The server

    def server(self) -> dict[str, Any]:
        """Return its version, model, live decoder and limits."""
        return dict(self._json("GET", "server"))

    # Images

    def add_image(self, image: Picture, *, filename: str | None = None, group: str | None = None) -> Image:
        """Store an image; the same pixels again give the same image."""
        reply: Image = self._json("POST", "images", files=_form(image, filename), params={"group": group})[
            "image"
        ]
        return reply

    def images(self, *, newest_first: bool = False) -> Iterator[Image]:
        """List every image; pages are requested while iterating."""
        return self._pages("images", order="newest" if newest_first else "oldest")

    def image(self, image_id: str) -> Image:
        """Return an image's record."""
        reply: Image = self._json("GET", f"images/{image_id}")
        return reply

    def pixels(self, image_id: str) -> bytes:
        """Return an image file with exactly the stored pixels."""
        return bytes(self._request("GET", f"images/{image_id}/pixels").content)

    def change_image(self, image_id: str, *, pixel_size: dict[str, Any] | None) -> Image:
        """Set an image's pixel size, ``{"width": 0.25, "unit": "um"}``; None: what its file says."""
        reply: Image = self._json("PATCH", f"images/{image_id}", json={"pixel_size": pixel_size})
        return reply

    def mark_image(
        self, image_id: str, *, seen: dict[str, Any] | None = None, **marks: Any
    ) -> dict[str, Any]:
        """Say where an image stands, and what else is to be known about it; what is left out stays.

        Args:
            image_id: The image.
            seen: What you saw of it, such as ``{"note": ""}``: nothing is changed where
                it is otherwise by now.
            **marks: ``state`` ("done", "nothing": there is nothing on it, or "todo": neither), ``note``,
                ``flagged`` (it needs a second look), ``group``, ``split``, ``add_tags``, ``remove_tags``.

        Returns:
            The image as lists show it: ``state``, ``note``, ``flagged``, ``tags`` and more.

        Raises:
            StaleError: Someone else changed it since ``seen``.
        """
        body = {**marks, **({} if seen is None else {"seen": seen})}
        reply: dict[str, Any] = self._json("PATCH", f"images/{image_id}/marks", json=body)
        return reply

    def delete_image(self, image_id: str, *, with_annotations: bool = False) -> None:
        """Delete an image for good."""
        self._request("DELETE", f"images/{image_id}", params={"with_annotations": _word(with_annotations)})

    # Many images

    def find_images(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Find images by what they and their objects are; pages are requested while iterating.

        Args:
            **query: The route's parameters, such as ``state="todo"``, ``category="cup"``, ``proposals=True``,
                ``sort="name"``.
        """
        after: str | None = ""
        while after is not None:
            place = {"after": after} if after else {}
            page = self._json(
                "GET", "find/images", params={**_words(query), **place, "limit": 500, "most": 0}
            )
            yield from page["items"]
            after = page["after"]

    def change_images(
        self,
        action: str,
        value: str = "",
        *,
        images: Sequence[str] | None = None,
        query: Mapping[str, Any] | None = None,
        without: Sequence[str] = (),
        wait: bool = True,
        every: float = 0.25,
    ) -> Bulk:
        """Do something to many images; `undo_bulk` takes it back.

        Args:
            action: ``"accept"``, ``"reject"``, ``"category"``, ``"state"``, ``"flag"``, ``"unflag"``,
                ``"note"``, ``"tag"``, ``"untag"``, ``"group"``, ``"split"``, ``"encode"``, ``"delete"``,
                ``"restore"`` or ``"erase"``, which deletes for good what is in the trash.
            value: What it takes: a category, a tag, ``"done"``, ``"test"`` …
            images: The ids of the images.
            query: Instead of ids: all images that it finds, by the parameters of `find_images`.
            without: With a query: but not these ids.
            wait: Return when it has ended, and not when it has begun.
            every: Seconds between two looks at how far it is.

        Returns:
            What was changed, and what was left, by reason.
        """
        body = {
            "action": action,
            "value": value,
            "images": None if images is None else list(images),
            "query": None if query is None else _words(query),
            "without": list(without),
        }
        run: Bulk = self._json("POST", "bulk", json=body)
        while wait and run["state"] == "running":
            time.sleep(every)
            run = self.bulk(run["id"])
        return run

    def bulk(self, bulk_id: int) -> Bulk:
        """Return how far an action on many images is, or how it ended."""
        reply: Bulk = self._json("GET", f"bulk/{bulk_id}")
        return reply

    def bulks(self) -> list[Bulk]:
        """List the last actions on many images, the newest first."""
        return list(self._json("GET", "bulk")["items"])

    def cancel_bulk(self, bulk_id: int) -> Bulk:
        """Stop an action on many images; what is done stays done, and can be undone."""
        reply: Bulk = self._json("POST", f"bulk/{bulk_id}/cancel")
        return reply

    def undo_bulk(self, bulk_id: int) -> Bulk:
        """Take back an action on many images, where nobody has changed anything since."""
        reply: Bulk = self._json("POST", f"bulk/{bulk_id}/undo")
        return reply

    # Predictions

    def predict(
        self,
        image: str | Path | bytes | IO[bytes],
        prompts: Sequence[Prompt],
        *,
        version: Version = "live",
        multimask_output: bool = False,
        mask_format: MaskFormat = "rle",
        tolerance: float = 0.0,
        with_logits: bool = False,
    ) -> Answers:
        """Predict masks for prompts.

        Args:
            image: A stored image (its id), or one of your own (a path, bytes, a file).
            prompts: A box, points or both for each object, in pixels.
            version: Which decoder answers: a number or ``"live"``.
            multimask_output: Ask for three masks a prompt instead of one.
            mask_format: ``"rle"``, ``"polygons"`` or ``"png"``.
            tolerance: How far polygons may be from the mask's outline, in pixels.
            with_logits: Ask for the low-resolution logits, usable as the next prompt's ``mask_input``.
        """
        body = {
            "prompts": list(prompts),
            "version": version,
            "multimask_output": multimask_output,
            "mask_format": mask_format,
            "tolerance": tolerance,
            "with_logits": with_logits,
        }
        reply: Answers
        if isinstance(image, str) and _is_id(image):
            reply = self._json("POST", f"images/{image}/predict", json=body)
        else:
            reply = self._json("POST", "predict", files=_form(image), data={"prompts": json.dumps(body)})
        return reply

    def draw(self, image: Picture, *, box: Sequence[float] | None = None) -> bytes:
        """Draw the mask on an image, as PNG; without a box, the whole frame is the prompt."""
        data = {} if box is None else {"box": ",".join(f"{side:g}" for side in box)}
        return bytes(self._request("POST", "/mask/image", files=_form(image), data=data).content)

    # Annotations

    def annotations(
        self,
        image_id: str,
        *,
        status: Status | None = None,
        mask_format: MaskFormat | Literal["none"] = "rle",
    ) -> Iterator[Annotation]:
        """List an image's annotations, the topmost last."""
        return self._pages(f"images/{image_id}/annotations", status=status, mask_format=mask_format)

    def annotation(self, annotation_id: int, *, mask_format: MaskFormat = "rle") -> Annotation:
        """Return one annotation."""
        return self._annotation("GET", f"annotations/{annotation_id}", params={"mask_format": mask_format})

    def history(self, annotation: Annotation) -> list[HistoryEntry]:
        """List what was done to an annotation, by whom and when, the oldest first."""
        return list(self._json("GET", f"annotations/{annotation['id']}/history")["items"])

    def add_annotation(
        self,
        image_id: str,
        category: str,
        mask: Mask,
        *,
        status: Status = "accepted",
        client_id: str | None = None,
    ) -> Annotation:
        """Store an object with your own mask.

        Args:
            image_id: The id of the stored image.
            category: Its class, made when it is new.
            mask: Run-lengths, polygons or a PNG.
            status: Whether a person has accepted it.
            client_id: Your name for this request; sent twice, the object is stored once.
        """
        body = {"category": category, "mask": mask, "status": status, "client_id": client_id}
        return self._annotation("POST", f"images/{image_id}/annotations", json=body)

    def propose_annotation(
        self,
        image_id: str,
        category: str,
        prompt: Prompt,
        *,
        version: Version = "live",
        status: Status = "proposed",
        client_id: str | None = None,
    ) -> Annotation:
        """Store an object with the mask that a decoder gives for a prompt.

        Args:
            image_id: The id of the stored image.
            category: Its class, made when it is new.
            prompt: A box, points or both, in pixels.
            version: Which decoder answers: a number or ``"live"``.
            status: ``"proposed"``: not reviewed by a person yet.
            client_id: Your name for this request; sent twice, the object is stored once.
        """
        how = {"version": version, "status": status, "client_id": client_id}
        body = {"category": category, "prompt": prompt, **how}
        return self._annotation("POST", f"images/{image_id}/annotations", json=body)

    def change(self, annotation: Annotation, **changes: Any) -> Annotation:
        """Change ``category``, ``status``, ``mask``, ``rank``, ``note`` or ``flagged`` of an annotation.

        Raises:
            StaleError: Someone else changed it since it was read.
        """
        body = {"revision": annotation["revision"], **changes}
        return self._annotation("PATCH", f"annotations/{annotation['id']}", json=body)

    def accept(self, annotation: Annotation) -> Annotation:
        """Accept an annotation as it is, so that tuning uses it."""
        return self.change(annotation, status="accepted")

    def reject(self, annotation: Annotation) -> Annotation:
        """Reject an annotation."""
        return self.change(annotation, status="rejected")

    def delete(self, annotation: Annotation) -> Annotation:
        """Remove an annotation from the dataset; `restore` undoes it."""
        params = {"revision": annotation["revision"]}
        return self._annotation("DELETE", f"annotations/{annotation['id']}", params=params)

    def restore(self, annotation: Annotation) -> Annotation:
        """Restore a deleted annotation, as accepted."""
        params = {"revision": annotation["revision"]}
        return self._annotation("POST", f"annotations/{annotation['id']}/restore", params=params)

    # Categories

    def categories(self) -> list[dict[str, Any]]:
        """List every category in their order, with its words and how many objects and images have it."""
        return list(self._json("GET", "categories")["items"])

    def add_category(self, name: str, **words: str) -> dict[str, Any]:
        """Add a category with a ``color``, ``supercategory`` and ``description``; return the change.

        `undo_bulk` takes its number, as that of every change below.
        """
        return self._changed("POST", "categories", json={"name": name, **words})

    def change_category(self, category_id: int, **changes: Any) -> dict[str, Any]:
        """Change ``name``, ``color``, ``supercategory`` or ``description`` of a category; return the change.

        With the ``revision`` that you saw, it is refused where someone changed it since.
        """
        return self._changed("PATCH", f"categories/{category_id}", json=changes)

    def move_category(self, category_id: int, *, before: int | None = None) -> dict[str, Any]:
        """Put a category before another one in the order, or last; return the change."""
        return self._changed("POST", f"categories/{category_id}/move", json={"before": before})

    def merge_categories(self, category_ids: Sequence[int], into: int) -> dict[str, Any]:
        """Give all objects of some categories to another one, and delete those; return the change."""
        return self._changed("POST", "categories/merge", json={"ids": list(category_ids), "into": into})

    def delete_category(
        self, category_id: int, *, reject_objects: bool = False, leave_objects: bool = False
    ) -> dict[str, Any]:
        """Delete a category, with its objects rejected or kept where you say so; return the change.

        Those that are kept get the category ``object``.
        """
        params = {"reject_objects": str(reject_objects).lower(), "leave_objects": str(leave_objects).lower()}
        return self._changed("DELETE", f"categories/{category_id}", params=params)

    def _changed(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        change: dict[str, Any] = self._json(method, path, **how)["change"]
        return change

    # Tuning

    def preflight(self) -> list[dict[str, Any]]:
        """List findings on the annotations before tuning."""
        return list(self._json("GET", "preflight")["findings"])

    def start_tuning(
        self,
        *,
        max_seconds: float | None = None,
        seed: int = 0,
        from_live: bool = False,
        keep_everyday: bool = False,
    ) -> Job:
        """Start a job on the accepted annotations, and return at once.

        Args:
            max_seconds: Time for training and judging; None is the server's setting.
            seed: Seed of everything random.
            from_live: Go on from the live version instead of stock.
            keep_everyday: Refuse what gets much worse on everyday objects.
        """
        body = {
            "max_seconds": max_seconds,
            "seed": seed,
            "from_live": from_live,
            "keep_everyday": keep_everyday,
        }
        return self._job("POST", "jobs", json=body)

    def jobs(self) -> Iterator[Job]:
        """List every job, newest first."""
        return self._pages("jobs")

    def job(self, job_id: int) -> Job:
        """Return a job's state: its progress, or its result."""
        return self._job("GET", f"jobs/{job_id}")

    def points(self, job_id: int) -> list[dict[str, Any]]:
        """List the points of a job's curves: step, loss, val_miou and seconds."""
        return list(self._json("GET", f"jobs/{job_id}/points")["items"])

    def cancel(self, job_id: int) -> Job:
        """Cancel a job; a running one stops after its present step."""
        return self._job("POST", f"jobs/{job_id}/cancel")

    def watch(self, job_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield ``("job", job)`` at each change and ``("point", point)`` for each point, until it ends."""
        with self._request("GET", f"jobs/{job_id}/events", stream=True) as reply:
            event, data = "message", ""
            for line in reply.iter_lines(chunk_size=1, decode_unicode=True):
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    data += value
                elif not line and data:
                    yield event, json.loads(data)
                    event, data = "message", ""

    def wait(self, job_id: int, *, every: float = 1.0) -> Job:
        """Poll a job until it has ended, ``every`` being the seconds between two requests."""
        while (job := self.job(job_id))["status"] not in FINISHED:
            time.sleep(every)
        return job

    # Versions

    def versions(self) -> list[DecoderVersion]:
        """List this model's decoders, newest first."""
        return list(self._json("GET", "versions")["items"])

    def version(self, version: Version = "live") -> DecoderVersion:
        """Return one decoder."""
        reply: DecoderVersion = self._json("GET", f"versions/{version}")
        return reply

    def live_watch(self) -> dict[str, Any]:
        """Return how the live version does on new objects, and what was taken back by itself."""
        reply: dict[str, Any] = self._json("GET", "versions/live/watch")
        return reply

    def promote(self, number: int, *, reason: str = "") -> int:
        """Make a version live; return the number that is live now."""
        return int(self._json("POST", f"versions/{number}/promote", json={"reason": reason})["number"])

    def rollback(self, *, reason: str = "") -> int:
        """Make the previous version live again; return its number."""
        return int(self._json("POST", "versions/live/rollback", json={"reason": reason})["number"])

    def delete_version(self, number: int) -> None:
        """Delete a version's file for good."""
        self._request("DELETE", f"versions/{number}")

    def download_version(
        self,
        version: Version,
        path: str | Path,
        *,
        format: str = "safetensors",
    ) -> int:
        """Write a version to a file; return its number."""
        reply = self._download(f"versions/{version}/file", path, params={"format": format})
        return int(reply.headers[VERSION_HEADER])

    def import_version(self, path: str | Path, *, reason: str = "") -> DecoderVersion:
        """Store the decoder in a ``.safetensors`` or ``.pth`` file as the next version, not live."""
        params = {"filename": Path(path).name, "reason": reason}
        with Path(path).open("rb") as file:
            reply: DecoderVersion = self._json("POST", "versions", data=file, params=params, headers=OCTETS)
        return reply

    def blend_version(self, number: int, strength: float) -> DecoderVersion:
        """Store a version at a strength between stock (0) and itself (1) as the next version, not live."""
        reply: DecoderVersion = self._json("POST", f"versions/{number}/blend", json={"strength": strength})
        return reply

    # The dataset

    def dataset(self) -> dict[str, Any]:
        """Return the dataset's counts, and the formats that it can be exported in."""
        return dict(self._json("GET", "dataset"))

    def change_dataset(self, *, pixel_size: dict[str, Any] | None) -> dict[str, Any]:
        """Set the pixel size of the images that have none of their own; None: none."""
        return dict(self._json("PATCH", "dataset", json={"pixel_size": pixel_size}))

    def groups(self) -> list[dict[str, Any]]:
        """List the groups of images, with how many each has."""
        return list(self._json("GET", "groups")["items"])

    def test_set(self) -> dict[str, Any]:
        """Return counts of what tuning may use: ``test`` (nothing looks at it), ``judge`` and ``learn``."""
        return dict(self._json("GET", "test-set"))

    def plan_test_set(self, share: float, *, seed: int = 0, by_category: bool = True) -> dict[str, Any]:
        """Return what `draw_test_set` would do.

        Args:
            share: The part of the images that the test set is to have.
            seed: Seed of the draw.
            by_category: Take the share of the images of each category.
        """
        params = {"share": share, "seed": seed, "by_category": _word(by_category)}
        return dict(self._json("GET", "test-set/plan", params=params))

    def draw_test_set(
        self, share: float, *, seed: int = 0, by_category: bool = True, every: float = 0.2
    ) -> Bulk:
        """Add whole groups of images to the test set until it has a share of all.

        Args:
            share: The part of the images that the test set is to have.
            seed: Seed of the draw.
            by_category: Take the share of the images of each category.
            every: Seconds between two looks at how far it is.

        Returns:
            The change of many images; `undo_bulk` takes it back.
        """
        body = {"share": share, "seed": seed, "by_category": by_category}
        return self._ended(self._json("POST", "test-set", json=body), every)

    def test_set_scores(self, *, wait: bool = True, every: float = 1.0) -> dict[str, Any]:
        """Return the mIoU of every version on the test set.

        Args:
            wait: Until all are computed; otherwise as far as they are.
            every: Seconds between two looks at how far it is.
        """
        found: dict[str, Any] = self._json("GET", "test-set/scores")
        while wait and found["waiting"]:
            time.sleep(every)
            found = self._json("GET", "test-set/scores")
        return found

    def clear_test_set(self, *, every: float = 0.2) -> Bulk:
        """Take all images out of the test set; ``every``: the seconds between two looks at how far it is."""
        return self._ended(self._json("DELETE", "test-set"), every)

    def near_duplicates(self, *, wait: bool = True, every: float = 1.0) -> dict[str, Any]:
        """Return sets of encoded images that are nearly alike, as the groups that they would be: ``items``.

        Args:
            wait: Until all encoded images were compared; otherwise as far as they are.
            every: Seconds between two looks at how far it is.
        """
        found: dict[str, Any] = self._json("GET", "near-duplicates", params={"limit": 500})
        while wait and found["state"] == "looking":
            time.sleep(every)
            found = self._json("GET", "near-duplicates", params={"limit": 500})
        while found["after"]:
            more = self._json("GET", "near-duplicates", params={"limit": 500, "after": found["after"]})
            found = {**more, "items": found["items"] + more["items"]}
        return found

    def accept_near_duplicates(self, ids: Sequence[str] | None = None, *, every: float = 0.2) -> Bulk:
        """Make groups of near-duplicates.

        Args:
            ids: Of items of `near_duplicates`; None: all.
            every: Seconds between two looks at how far it is.

        Returns:
            The change of many images; `undo_bulk` takes it back.
        """
        body = {} if ids is None else {"ids": list(ids)}
        return self._ended(self._json("POST", "near-duplicates/accept", json=body), every)

    def dismiss_near_duplicates(self, ids: Sequence[str] | None = None) -> Bulk:
        """Say that images are no near-duplicates, of some items or of all; `undo_bulk` takes it back."""
        body = {} if ids is None else {"ids": list(ids)}
        reply: Bulk = self._json("POST", "near-duplicates/dismiss", json=body)
        return reply

    def bring_back_near_duplicates(self) -> int:
        """Have all that was dismissed suggested again; return how often it was."""
        return int(self._json("POST", "near-duplicates/bring-back")["dismissed"])

    def import_files(
        self,
        source: str | Path,
        *,
        format: str = "auto",
        category: str = "object",
        status: Literal["accepted", "proposed"] = "accepted",
        doubtful: bool = False,
        split_parts: bool = False,
        group_by_folder: bool = False,
        dry_run: bool = False,
        every: float = 0.5,
    ) -> Import:
        """Bring in a folder or a file: images, annotations, archives of both; again, nothing comes in twice.

        Args:
            source: What is sent: a file, or a folder with all that is below it.
            format: An import format's name; ``"auto"`` recognises it.
            category: Of objects that the files name no category for.
            status: Of the objects that come in.
            doubtful: Take in also what is held back as doubtful.
            split_parts: Make each separate part of a label mask's value an object of its own.
            group_by_folder: Put the images of each folder into a group.
            dry_run: Only make the plan; nothing comes in.
            every: Seconds between two looks at how far it is.

        Returns:
            The import, with its ``plan`` and, unless ``dry_run``, its ``report``. Where the files may be
            in several formats, the plan's ``format`` is None and its ``choices`` are these; nothing came in.

        Raises:
            StudioError: Nothing can be made of the files, or the server refuses one.
        """
        url = f"imports/{self._json('POST', 'imports')['id']}"
        try:
            self._send_files(url, Path(source))
            asked = {
                "format": format,
                "category": category,
                "status": status,
                "doubtful": doubtful,
                "split_parts": split_parts,
                "group_by_folder": group_by_folder,
            }
            planned = self._settled(url, self._json("POST", f"{url}/plan", json=asked), every)
            if planned["plan"] is None:
                raise StudioError({"detail": planned["problem"]}, status=422)
            if dry_run or planned["plan"]["format"] is None:
                return planned
            return self._settled(url, self._json("POST", f"{url}/apply"), every)
        finally:
            self._request("DELETE", url)

    def export(
        self,
        path: str | Path,
        *,
        format: str = "coco",
        only: Mapping[str, Any] | None = None,
        **choice: Any,
    ) -> list[str]:
        """Write annotations, by default the accepted ones, and their images to a zip file.

        Args:
            path: The zip file to write.
            format: One of the dataset's formats.
            only: These images alone: ``{"images": [ids]}``, or ``{"query": {…}, "without": [ids]}`` with the
                parameters of `find_images`.
            **choice: What is exported, as the parameters of the route: ``status``, ``category``, ``group``,
                ``tag`` and ``split`` (each a string or a list), ``images`` and ``with_empty`` (bool),
                ``pixel_size``.

        Returns:
            Sentences on what was left out.
        """
        if only is None:
            reply = self._download("dataset/export", path, params={"format": format, **choice})
        else:
            lists = {name: [one] if isinstance(one, str) else one for name, one in choice.items()}
            body = {**only, "export": {"format": format, **lists}}
            if "query" in only:
                body["query"] = _words(only["query"])
            reply = self._download("dataset/export", path, method="POST", json=body)
        return list(json.loads(reply.headers.get("X-Samstudio-Notes", "[]")))

    # How it is done

    def _send_files(self, url: str, source: Path) -> None:
        files = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
        for path in files:
            name = quote(path.relative_to(source.parent).as_posix())
            with path.open("rb") as file:
                self._request("PUT", f"{url}/files/{name}", data=file, headers=OCTETS)

    def _ended(self, run: Bulk, every: float) -> Bulk:
        while run["state"] == "running":
            time.sleep(every)
            run = self.bulk(run["id"])
        return run

    def _settled(self, url: str, found: Import, every: float) -> Import:
        while found["state"] in ("planning", "applying"):
            time.sleep(every)
            found = self._json("GET", url)
        return found

    def _annotation(self, method: str, path: str, **how: Any) -> Annotation:
        reply: Annotation = self._json(method, path, **how)
        return reply

    def _job(self, method: str, path: str, **how: Any) -> Job:
        reply: Job = self._json(method, path, **how)
        return reply

    def _pages(self, path: str, **params: Any) -> Iterator[Any]:
        offset, total = 0, 1
        while offset < total:
            page = self._json("GET", path, params={**params, "offset": offset, "limit": 500})
            yield from page["items"]
            offset, total = offset + 500, page["total"]

    def _download(
        self, path: str, target: str | Path, *, method: str = "GET", **how: Any
    ) -> requests.Response:
        with self._request(method, path, stream=True, **how) as reply, Path(target).open("wb") as file:
            for chunk in reply.iter_content(1 << 20):
                file.write(chunk)
        return reply

    def _json(self, method: str, path: str, **how: Any) -> Any:
        return self._request(method, path, **how).json()

    def _request(self, method: str, path: str, **how: Any) -> requests.Response:
        url = urljoin(self._root, path.lstrip("/") if path.startswith("/") else f"api/v1/{path}")
        how.setdefault("timeout", self._timeout)
        reply = self._session.request(method, url, allow_redirects=False, **how)
        if reply.status_code >= 300:
            raise _error(reply)
        return reply


def _error(reply: requests.Response) -> StudioError:
    try:
        problem = reply.json()
    except ValueError:
        problem = {"detail": f"{reply.url} answered {reply.status_code} {reply.reason}"}
    if not isinstance(problem, dict):
        problem = {"detail": str(problem)}
    stale = str(problem.get("type", "")).endswith((":stale-annotation", ":stale-image"))
    return (StaleError if stale else StudioError)(problem, status=reply.status_code)


def _form(image: Picture, filename: str | None = None) -> dict[str, tuple[str, bytes]]:
    if isinstance(image, str | Path):
        return {"file": (filename or Path(image).name, Path(image).read_bytes())}
    data = image if isinstance(image, bytes) else image.read()
    return {"file": (filename or "image", data)}


def _is_id(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)


def _word(yes: bool) -> str:
    return "true" if yes else "false"


def _words(query: Mapping[str, Any]) -> dict[str, str]:
    """Return a query's parameters as text; those that are None are left out."""
    there = {name: value for name, value in query.items() if value is not None}
    return {name: _word(value) if isinstance(value, bool) else str(value) for name, value in there.items()}
