"""Annotations have a history, and boxes that wait know what they were imported from, and by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("annotations", sa.Column("history", sa.Text(), server_default="", nullable=False))
    op.add_column("pending_boxes", sa.Column("source", sa.Text(), server_default="", nullable=False))
    op.add_column("pending_boxes", sa.Column("author", sa.String(length=100), nullable=True))


def downgrade() -> None:
    op.drop_column("pending_boxes", "author")
    op.drop_column("pending_boxes", "source")
    op.drop_column("annotations", "history")
