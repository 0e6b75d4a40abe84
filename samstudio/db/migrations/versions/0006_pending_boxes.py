"""Boxes that came in without a mask wait until a decoder has drawn it; they go with their image."""

import sqlalchemy as sa
from alembic import op

from samstudio.db.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_boxes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("image_id", sa.String(length=64), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        *(sa.Column(side, sa.Float(precision=53), nullable=False) for side in ("x0", "y0", "x1", "y1")),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["images.id"],
            name=op.f("fk_pending_boxes_image_id_images"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_pending_boxes_category_id_categories")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_boxes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pending_boxes_image_id", "pending_boxes", ["image_id"])
    op.create_index("ix_pending_boxes_key", "pending_boxes", ["key"], unique=True)


def downgrade() -> None:
    op.drop_table("pending_boxes")
