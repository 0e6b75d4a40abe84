"""Every version is scored on the fixed test set. Rows go with their annotation."""

import sqlalchemy as sa
from alembic import op

from samstudio.db.types import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "test_scores",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("iou", sa.Float(precision=53), nullable=False),
        sa.Column("scored_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotations.id"],
            name=op.f("fk_test_scores_annotation_id_annotations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version"], ["decoder_versions.number"], name=op.f("fk_test_scores_version_decoder_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_scores")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_test_scores_object",
        "test_scores",
        ["model", "version", "annotation_id", "revision"],
        unique=True,
    )
    op.create_index("ix_test_scores_annotation_id", "test_scores", ["annotation_id"])


def downgrade() -> None:
    op.drop_table("test_scores")
