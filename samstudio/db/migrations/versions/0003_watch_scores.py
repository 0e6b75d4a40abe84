"""New objects are scored by the live version and the one before it; a move of ``live`` says who made it.

Rows go with their annotation, as those go with their image.
"""

import sqlalchemy as sa
from alembic import op

from samstudio.db.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watch_scores",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("former", sa.Integer(), nullable=False),
        sa.Column("untouched", sa.Boolean(), nullable=False),
        sa.Column("live_iou", sa.Float(precision=53), nullable=True),
        sa.Column("former_iou", sa.Float(precision=53), nullable=True),
        sa.Column("stock_iou", sa.Float(precision=53), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("scored_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotations.id"],
            name=op.f("fk_watch_scores_annotation_id_annotations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version"], ["decoder_versions.number"], name=op.f("fk_watch_scores_version_decoder_versions")
        ),
        sa.ForeignKeyConstraint(
            ["former"], ["decoder_versions.number"], name=op.f("fk_watch_scores_former_decoder_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_scores")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_watch_scores_version_former", "watch_scores", ["version", "former"])
    op.create_index(
        "uq_watch_scores_object",
        "watch_scores",
        ["annotation_id", "revision", "version", "former"],
        unique=True,
    )
    op.create_index("ix_annotations_status_updated_at", "annotations", ["status", "updated_at"])
    op.add_column("alias_moves", sa.Column("code", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("alias_moves", "code")
    op.drop_index("ix_annotations_status_updated_at", table_name="annotations")
    op.drop_table("watch_scores")
