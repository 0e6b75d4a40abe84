"""The first schema: images, categories, annotations, jobs, decoder versions, moves of live, evaluations.

Version 0 is stock, for every model: its row is made here, so that whatever
points at a version can point at it.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from samstudio.db.types import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("categories",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("color", sa.String(length=7), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_categories"),
        sa.UniqueConstraint("name", name="uq_categories_name"),
        sqlite_autoincrement=True
    )
    op.create_table("images",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("source_format", sa.String(length=16), nullable=False),
        sa.Column("file", sa.String(length=120), nullable=False),
        sa.Column("n_bytes", sa.Integer(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_images"),
        sa.UniqueConstraint("id", name="uq_images_id"),
        sqlite_autoincrement=True
    )
    op.create_table("jobs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("config", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("heartbeat_at", UtcDateTime(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("total_steps", sa.Integer(), nullable=False),
        sa.Column("seconds_left", sa.Float(precision=53), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("worker_host", sa.Text(), nullable=True),
        sa.Column("worker_pid", sa.Integer(), nullable=True),
        sa.Column("worker_started", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("slot", name="uq_jobs_slot"),
        sqlite_autoincrement=True
    )
    op.create_table("annotations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("image_id", sa.String(length=64), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("rle", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("x0", sa.Float(precision=53), nullable=False),
        sa.Column("y0", sa.Float(precision=53), nullable=False),
        sa.Column("x1", sa.Float(precision=53), nullable=False),
        sa.Column("y1", sa.Float(precision=53), nullable=False),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("prompts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_rle", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("predicted_iou", sa.Float(precision=53), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_annotations_category_id_categories"),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name="fk_annotations_image_id_images"),
        sa.PrimaryKeyConstraint("id", name="pk_annotations"),
        sqlite_autoincrement=True
    )
    op.create_index("ix_annotations_category_id", "annotations", ["category_id"], unique=False)
    op.create_index("ix_annotations_image_id_status", "annotations", ["image_id", "status"], unique=False)
    op.create_index("ix_annotations_status_image_id", "annotations", ["status", "image_id"], unique=False)
    op.create_table("decoder_versions",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("model", sa.String(length=32), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=120), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("scores", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("config", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("dataset_digest", sa.String(length=64), nullable=True),
        sa.Column("annotation_ids", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_decoder_versions_job_id_jobs"),
        sa.ForeignKeyConstraint(["parent"], ["decoder_versions.number"], name="fk_decoder_versions_parent_decoder_versions"),
        sa.PrimaryKeyConstraint("number", name="pk_decoder_versions"),
        sqlite_autoincrement=True
    )
    op.create_index("ix_decoder_versions_model", "decoder_versions", ["model"], unique=False)
    op.create_table("job_points",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("loss", sa.Float(precision=53), nullable=True),
        sa.Column("val_miou", sa.Float(precision=53), nullable=True),
        sa.Column("seconds", sa.Float(precision=53), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_points_job_id_jobs"),
        sa.PrimaryKeyConstraint("id", name="pk_job_points"),
        sqlite_autoincrement=True
    )
    op.create_index("ix_job_points_job_id", "job_points", ["job_id"], unique=False)
    op.create_table("alias_moves",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("model", sa.String(length=32), nullable=False),
        sa.Column("to_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["to_number"], ["decoder_versions.number"], name="fk_alias_moves_to_number_decoder_versions"),
        sa.PrimaryKeyConstraint("id", name="pk_alias_moves"),
        sqlite_autoincrement=True
    )
    op.create_index("ix_alias_moves_model_id", "alias_moves", ["model", "id"], unique=False)
    op.create_table("evaluations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("protocol", sa.String(length=64), nullable=False),
        sa.Column("miou", sa.Float(precision=53), nullable=False),
        sa.Column("n_objects", sa.Integer(), nullable=False),
        sa.Column("objects", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_evaluations_job_id_jobs"),
        sa.ForeignKeyConstraint(["version"], ["decoder_versions.number"], name="fk_evaluations_version_decoder_versions"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluations"),
        sqlite_autoincrement=True
    )
    op.create_index("ix_evaluations_job_id", "evaluations", ["job_id"], unique=False)
    op.create_index("ix_evaluations_version", "evaluations", ["version"], unique=False)
    versions = sa.table(
        "decoder_versions",
        sa.column("number", sa.Integer),
        sa.column("model", sa.String),
        sa.column("created_at", UtcDateTime()),
        sa.column("reason", sa.Text),
        sa.column("scores", sa.JSON),
        sa.column("config", sa.JSON),
        sa.column("annotation_ids", sa.JSON),
    )
    op.bulk_insert(
        versions,
        [
            {
                "number": 0,
                "model": "",
                "created_at": datetime.now(UTC),
                "reason": "the stock decoder",
                "scores": {},
                "config": {},
                "annotation_ids": [],
            }
        ],
    )


def downgrade() -> None:
    for table in (
        "evaluations",
        "alias_moves",
        "job_points",
        "decoder_versions",
        "annotations",
        "jobs",
        "images",
        "categories",
    ):
        op.drop_table(table)
