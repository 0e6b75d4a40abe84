"""Embeddings computed ahead, in the background, so that a click never waits for one.

One thread loads the model when the app starts, then encodes the images that
were added, one after the other. What an embedding is and where it is cached
is the prediction service's responsibility.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from samstudio.domain import NotFound, StudioError

log = logging.getLogger(__name__)


LOOK_SECONDS = 5.0
"""How often an idle queue looks for boxes that came in without a mask."""


class Predictions(Protocol):
    """The part of the prediction service that is needed here."""

    def prepare(self, image_id: str) -> object:
        """Encode an image, unless it is encoded already."""

    def prepared(self, image_id: str) -> bool:
        """Tell whether it is encoded."""


class Boxes(Protocol):
    """The part of the drawing of masks for boxes that is needed here."""

    def waiting(self) -> list[str]:
        """List the ids of the images with boxes that wait for their mask."""

    def draw(self, image_id: str) -> int:
        """Propose a mask for each such box of an image, and return their number."""


class Source(Protocol):
    """An object with a prediction service whose model it can load: a `Project`."""

    @property
    def box_drawing(self) -> Boxes:
        """The drawing of masks for boxes that came in without."""

    @property
    def predictions(self) -> Predictions:
        """The prediction service; reading it loads the model."""

    def warm_up(self) -> None:
        """Load the model now."""


@dataclass(frozen=True)
class Preparing:
    """The background work: ids still ``pending``, ``done`` of ``total`` since it was last idle.

    An image that could not be encoded is done too.
    """

    model: str
    """``loading``, ``ready`` or ``failed``."""
    error: str
    done: int
    total: int
    pending: list[str] = field(default_factory=list)


class EncodingQueue:
    """A background thread that encodes images ahead of their first prompt; `close` ends it.

    It then draws the masks of boxes that came in without, as proposals.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._failed: set[str] = set()
        """Images that could not be prepared; they are not tried again for their boxes alone."""
        self._done = self._total = 0
        self._model, self._error = "loading", ""
        self._condition = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="preparing", daemon=True)

    def start(self) -> None:
        """Start loading the model, then whatever was added."""
        self._thread.start()

    def close(self) -> None:
        """End the thread after the image in progress, waiting for it up to five seconds."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def add(self, image_ids: Iterable[str]) -> None:
        """Queue images, at the end; those that are prepared or queued already are not queued again."""
        waiting = set(self._source.box_drawing.waiting())
        missing = [id_ for id_ in image_ids if id_ in waiting or not self.is_prepared(id_)]
        with self._condition:
            new = [id_ for id_ in missing if id_ not in self._waiting]
            if not self._waiting:
                self._done = self._total = 0
            self._waiting.update(dict.fromkeys(new))
            self._total += len(new)
            self._condition.notify_all()

    def prepare_now(self, image_id: str) -> int:
        """Encode an image in the caller's thread and return when its embedding is there.

        Returns:
            How many masks were drawn for boxes that came in without.

        Raises:
            Unavailable: the model's weights are missing.
            NotFound: there is no such image.
        """
        self._source.predictions.prepare(image_id)
        self._finished(image_id)
        return self._source.box_drawing.draw(image_id)

    def is_prepared(self, image_id: str) -> bool:
        """Tell whether an image is known to be encoded; False while the model is loading."""
        # Asked anew each time: an image that is deleted loses its embedding, and may be added again.
        return self._model == "ready" and self._source.predictions.prepared(image_id)

    def status(self) -> Preparing:
        """Return the state of the background work now."""
        with self._condition:
            return Preparing(self._model, self._error, self._done, self._total, list(self._waiting))

    def _run(self) -> None:
        self._load()
        while (image_id := self._next()) is not None:
            try:
                self._source.predictions.prepare(image_id)
                self._source.box_drawing.draw(image_id)
            except NotFound:
                log.info("image %s was deleted before it was prepared", image_id)
            except StudioError as error:
                log.warning("image %s could not be prepared: %s", image_id, error)
                self._failed.add(image_id)
            except Exception:
                log.exception("image %s could not be prepared", image_id)
                self._failed.add(image_id)
            self._finished(image_id)

    def _load(self) -> None:
        try:
            self._source.warm_up()
            state, error = "ready", ""
        except StudioError as failure:
            state, error = "failed", str(failure)
        except Exception as failure:
            log.exception("the model could not be loaded")
            state, error = "failed", f"The model could not be loaded: {failure}"
        with self._condition:
            self._model, self._error = state, error
        if state == "ready":
            self._look_for_boxes()

    def _next(self) -> str | None:
        """Return the next image; wait until there is one, looking for boxes that came in meanwhile."""
        while True:
            with self._condition:
                if self._closed:
                    return None
                if self._waiting and self._model == "ready":
                    return next(iter(self._waiting))
                self._condition.wait(timeout=LOOK_SECONDS)
                is_idle = not self._waiting and self._model == "ready" and not self._closed
            if is_idle:
                self._look_for_boxes()

    def _look_for_boxes(self) -> None:
        """Queue the images of boxes without a mask; another process may have brought them in."""
        try:
            self.add([id_ for id_ in self._source.box_drawing.waiting() if id_ not in self._failed])
        except Exception:
            log.exception("boxes without a mask could not be looked for")

    def _finished(self, image_id: str) -> None:
        with self._condition:
            if image_id in self._waiting:
                del self._waiting[image_id]
                self._done += 1
