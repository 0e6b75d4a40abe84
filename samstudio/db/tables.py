"""The tables, as SQLAlchemy 2 declarative classes: what is stored, not what may be done with it.

Rows never leave the services; the domain's types do. SQL that SQLite and
Postgres both understand. A change here needs a migration beside it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, LargeBinary, MetaData, String, Text, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from samstudio.db.types import PixelSizeJson, UtcDateTime, byte_ordered_text
from samstudio.domain import PixelSize

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraint names that migrations can rely on in every database."""

AUTOINCREMENT = {"sqlite_autoincrement": True}
"""SQLite would else hand out the number of a deleted last row again."""


TRASHED = "trashed:"
"""Goes before the status of an annotation while its image is in the trash: no query for a status finds it."""


class Base(DeclarativeBase):
    """The declarative base; its metadata is what the migrations build."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy's own hook, read once)
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        float: Float(53),
    }


class ImageRow(Base):
    """An uploaded picture. ``seq`` is the order of arrival; files are relative to the images folder.

    ``file`` shows the pixels in a browser. ``original_file`` is the file as it came in, byte for
    byte: ``file`` itself, or one that all pages of it share; NULL where it was not kept yet.
    ``page`` counts from 1, NULL where the file holds one picture. ``reading`` says how the pixels
    were read from it, and what the file says of their size. ``pixel_size`` is that, or what a person
    says of it. ``mark`` is what a person said of where it stands, ``split`` what they fixed
    it for. ``updated_at``: when a person last changed something about it, its objects aside.
    ``deleted_at``: since when it has been in the trash.
    """

    __tablename__ = "images"
    __table_args__ = (
        Index("ix_images_original_file", "original_file"),
        Index("ix_images_deleted_at", "deleted_at"),
        AUTOINCREMENT,
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    filename: Mapped[str] = mapped_column(Text)
    width: Mapped[int]
    height: Mapped[int]
    source_format: Mapped[str] = mapped_column(String(16))
    file: Mapped[str] = mapped_column(String(120))
    n_bytes: Mapped[int]
    group: Mapped[str | None] = mapped_column("group_name", Text)
    original_file: Mapped[str | None] = mapped_column(String(120))
    original_sha256: Mapped[str | None] = mapped_column(String(64))
    original_bytes: Mapped[int | None]
    page: Mapped[int | None]
    reading: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    mark: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    flagged: Mapped[bool] = mapped_column(default=False, server_default=false())
    split: Mapped[str | None] = mapped_column(String(16))
    updated_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    pixel_size: Mapped[PixelSize | None] = mapped_column(PixelSizeJson)


class ImageTagRow(Base):
    """A tag that a person gave an image."""

    __tablename__ = "image_tags"
    __table_args__ = (Index("ix_image_tags_tag", "tag"),)

    image_seq: Mapped[int] = mapped_column(ForeignKey("images.seq", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(100), primary_key=True)


class ImageFactsRow(Base):
    """What lists of images are filtered and ordered by: a copy, made by `samstudio.db.image_facts` alone.

    A row is short, so that one pass over 100,000 of them takes 20 ms, whatever is asked. Sets are text:
    each item stands between two of their separators. ``score`` is the lowest predicted IoU of the
    image's objects and 2 where there is none; ``score_down`` is the same, and -1 where there is none. So
    are ``held_out`` and ``held_out_down``.
    """

    __tablename__ = "image_facts"
    __table_args__ = (
        *(
            Index(f"ix_image_facts_{column}", "trashed", column, "seq")
            for column in (
                "name_key", "group_key", "created_at", "changed_at", "objects", "accepted", "proposed",
                "pixels", "score", "score_down", "held_out", "held_out_down",
            )
        ),
        # Groups are counted, and what tuning may use, without a look at the rows.
        Index("ix_image_facts_group_name", "group_name", "split", "trashed", "accepted"),
    )  # fmt: skip

    seq: Mapped[int] = mapped_column(
        ForeignKey("images.seq", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    trashed: Mapped[bool]
    name_key: Mapped[str] = mapped_column(byte_ordered_text())
    group_key: Mapped[str] = mapped_column(byte_ordered_text())
    search: Mapped[str] = mapped_column(byte_ordered_text())
    group: Mapped[str | None] = mapped_column("group_name", Text)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    flagged: Mapped[bool]
    noted: Mapped[bool] = mapped_column(default=False, server_default=false())
    split: Mapped[str | None] = mapped_column(String(16))
    pixels: Mapped[int] = mapped_column(BigInteger)
    objects: Mapped[int]
    accepted: Mapped[int]
    proposed: Mapped[int]
    rejected: Mapped[int] = mapped_column(server_default="0")
    corrected: Mapped[int]
    score: Mapped[float]
    score_down: Mapped[float]
    held_out: Mapped[float]
    held_out_down: Mapped[float]
    accepted_categories: Mapped[str] = mapped_column(Text)
    proposed_categories: Mapped[str] = mapped_column(Text)
    versions: Mapped[str] = mapped_column(Text)
    authors: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text)


class DatasetSettingRow(Base):
    """Something that a person set for the whole dataset, by its name."""

    __tablename__ = "dataset_settings"
    __table_args__ = (Index("ix_dataset_settings_name", "name", unique=True), AUTOINCREMENT)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(64))
    value: Mapped[dict[str, Any]]


class DatasetChangesRow(Base):
    """How often the dataset was changed: one row, raised by `samstudio.db.changes` alone."""

    __tablename__ = "dataset_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


class CategoryRow(Base):
    """COCO's word for an object's class.

    ``number`` is the one that it came in with, NULL where it came with none.
    ``position`` orders the categories; NULL counts as the id. One that is ``deleted`` is listed only
    while an object of it is accepted or proposed, and comes back when it is named again. One that was
    renamed or merged leaves a deleted row with its name, which says into which category it was
    ``merged_into``. ``revision`` counts the changes of its words and its colour.
    """

    __tablename__ = "categories"
    __table_args__ = (Index("ix_categories_number", "number", unique=True), AUTOINCREMENT)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    color: Mapped[str] = mapped_column(String(7))
    number: Mapped[int | None]
    position: Mapped[int | None]
    supercategory: Mapped[str] = mapped_column(String(100), default="", server_default="")
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    deleted: Mapped[bool] = mapped_column(default=False, server_default=false())
    merged_into: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")


class AnnotationRow(Base):
    """One object's mask. ``proposed_by`` is a version's number; versions keep their rows for ever.

    ``client_id`` names the request that made it, so that the same request sent
    again finds it. ``rank`` orders the objects of an image; NULL counts as the id. ``author`` is the
    last person with a name who made it, changed it or decided on it; ``history`` says what was done to it,
    a line for each write. Both are written by `samstudio.services.annotations.writing` alone.
    ``held_out_iou`` is how well models that did not see it drew this mask.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        Index("ix_annotations_image_id_status", "image_id", "status"),
        # Answers every count without a look at the rows, the sum of the revisions included.
        Index("ix_annotations_status_image_id_revision", "status", "image_id", "revision"),
        # What was accepted since a version became live is found without a look at what was there before.
        Index("ix_annotations_status_updated_at", "status", "updated_at"),
        # Counts the objects and images of each category without a look at the rows.
        Index("ix_annotations_category_id_status_image_id", "category_id", "status", "image_id"),
        Index("ix_annotations_client_id", "client_id", unique=True),
        AUTOINCREMENT,
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    image_id: Mapped[str] = mapped_column(ForeignKey("images.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    rle: Mapped[dict[str, Any]]
    x0: Mapped[float]
    y0: Mapped[float]
    x1: Mapped[float]
    y1: Mapped[float]
    area: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    prompts: Mapped[list[Any]]
    proposed_by: Mapped[int | None]
    proposed_rle: Mapped[dict[str, Any] | None]
    predicted_iou: Mapped[float | None]
    revision: Mapped[int] = mapped_column(default=1)
    client_id: Mapped[str | None] = mapped_column(String(64))
    rank: Mapped[float | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    author: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    flagged: Mapped[bool] = mapped_column(default=False, server_default=false())
    held_out_iou: Mapped[float | None]
    history: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)

    category: Mapped[CategoryRow] = relationship(lazy="joined", innerjoin=True)


class PendingBoxRow(Base):
    """A box (XYXY, pixels) that came in without a mask; it is deleted when its annotation is stored.

    ``key`` names it, and then its annotation, so that it does not come in twice. ``source`` is what it was
    imported from, ``author`` by whom.
    """

    __tablename__ = "pending_boxes"
    __table_args__ = (
        Index("ix_pending_boxes_image_id", "image_id"),
        Index("ix_pending_boxes_key", "key", unique=True),
        AUTOINCREMENT,
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    image_id: Mapped[str] = mapped_column(ForeignKey("images.id", ondelete="CASCADE"))
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    x0: Mapped[float]
    y0: Mapped[float]
    x1: Mapped[float]
    y1: Mapped[float]
    key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(Text, default="", server_default="")
    author: Mapped[str | None] = mapped_column(String(100))

    category: Mapped[CategoryRow] = relationship(lazy="joined", innerjoin=True)


class JobRow(Base):
    """A tuning job.

    ``slot`` is 1 while the job is queued or running and NULL once it is
    finished: its unique index lets one job be active at a time, in every
    process and database.
    """

    __tablename__ = "jobs"
    __table_args__ = AUTOINCREMENT

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    slot: Mapped[int | None] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(String(16))
    config: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    phase: Mapped[str] = mapped_column(Text, default="")
    step: Mapped[int] = mapped_column(default=0)
    total_steps: Mapped[int] = mapped_column(default=0)
    seconds_left: Mapped[float | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False, server_default=false())
    reason: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[dict[str, Any] | None]
    worker_host: Mapped[str | None] = mapped_column(Text)
    worker_pid: Mapped[int | None]
    worker_started: Mapped[float | None]


class JobPointRow(Base):
    """One point of a job's curves."""

    __tablename__ = "job_points"
    __table_args__ = (Index("ix_job_points_job_id", "job_id"), AUTOINCREMENT)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    step: Mapped[int]
    loss: Mapped[float | None]
    val_miou: Mapped[float | None]
    seconds: Mapped[float]


class DecoderVersionRow(Base):
    """An immutable decoder. Row 0 is stock, for every model.

    ``path`` (relative to the decoders folder) is NULL while the file is being
    written: such a row is a reserved number and not yet a version. A deleted
    version keeps its row, with ``deleted_at``.
    """

    __tablename__ = "decoder_versions"
    __table_args__ = (Index("ix_decoder_versions_model", "model"), AUTOINCREMENT)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    model: Mapped[str] = mapped_column(String(32))
    parent: Mapped[int | None] = mapped_column(ForeignKey("decoder_versions.number"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"))
    path: Mapped[str | None] = mapped_column(String(120))
    sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    scores: Mapped[dict[str, Any]]
    config: Mapped[dict[str, Any]]
    dataset_digest: Mapped[str | None] = mapped_column(String(64))
    annotation_ids: Mapped[list[Any]]


class AliasMoveRow(Base):
    """One move of ``live``; the newest row of a model says what is live. ``code``: who moved it."""

    __tablename__ = "alias_moves"
    __table_args__ = (Index("ix_alias_moves_model_id", "model", "id"), AUTOINCREMENT)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    model: Mapped[str] = mapped_column(String(32))
    to_number: Mapped[int] = mapped_column(ForeignKey("decoder_versions.number"))
    kind: Mapped[str] = mapped_column(String(16))
    moved_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")
    code: Mapped[str | None] = mapped_column(String(32))


class EvaluationRow(Base):
    """How one decoder scored under one protocol; ``version`` is NULL for a candidate never stored."""

    __tablename__ = "evaluations"
    __table_args__ = (
        Index("ix_evaluations_version", "version"),
        Index("ix_evaluations_job_id", "job_id"),
        AUTOINCREMENT,
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"))
    version: Mapped[int | None] = mapped_column(ForeignKey("decoder_versions.number"))
    role: Mapped[str] = mapped_column(String(32))
    protocol: Mapped[str] = mapped_column(String(64))
    miou: Mapped[float]
    n_objects: Mapped[int]
    objects: Mapped[list[Any]]
    created_at: Mapped[datetime]


class WatchScoreRow(Base):
    """How the live version, the one before it and stock scored on one new object, IoU by the tight box.

    ``untouched``: the mask was accepted as ``version`` proposed it. ``problem``: why it could not be scored;
    then the IoUs are NULL.
    """

    __tablename__ = "watch_scores"
    __table_args__ = (
        Index("ix_watch_scores_version_former", "version", "former"),
        Index("uq_watch_scores_object", "annotation_id", "revision", "version", "former", unique=True),
        AUTOINCREMENT,
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id", ondelete="CASCADE"))
    revision: Mapped[int]
    version: Mapped[int] = mapped_column(ForeignKey("decoder_versions.number"))
    former: Mapped[int] = mapped_column(ForeignKey("decoder_versions.number"))
    untouched: Mapped[bool]
    live_iou: Mapped[float | None]
    former_iou: Mapped[float | None]
    stock_iou: Mapped[float | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    scored_at: Mapped[datetime]


class ImageVectorRow(Base):
    """An image's embedding by one encoder, pooled: float16, little-endian."""

    __tablename__ = "image_vectors"

    image_seq: Mapped[int] = mapped_column(ForeignKey("images.seq", ondelete="CASCADE"), primary_key=True)
    encoder: Mapped[str] = mapped_column(String(32), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class ApartRow(Base):
    """An image of those that a person said are no near-duplicates: one ``number`` for all of them."""

    __tablename__ = "apart"
    __table_args__ = (Index("ix_apart_image_seq", "image_seq"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    image_seq: Mapped[int] = mapped_column(ForeignKey("images.seq", ondelete="CASCADE"), primary_key=True)


class TestScoreRow(Base):
    """How one decoder scored on one revision of an object of the fixed test set, IoU by the tight box.

    ``model``: of which ``version`` is; every model's stock is version 0.
    """

    __test__ = False  # not for pytest
    __tablename__ = "test_scores"
    __table_args__ = (
        Index("uq_test_scores_object", "model", "version", "annotation_id", "revision", unique=True),
        Index("ix_test_scores_annotation_id", "annotation_id"),
        AUTOINCREMENT,
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id", ondelete="CASCADE"))
    revision: Mapped[int]
    model: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(ForeignKey("decoder_versions.number"))
    iou: Mapped[float]
    scored_at: Mapped[datetime]
