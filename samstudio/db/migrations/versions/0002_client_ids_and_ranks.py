"""Annotations know the request that made them and their place in their image.

The index that the counts walk gains the revisions, whose sum says cheaply that
something was changed. Indexes instead of constraints: SQLite adds and drops
those without copying the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("annotations", sa.Column("client_id", sa.String(length=64), nullable=True))
    op.add_column("annotations", sa.Column("rank", sa.Float(precision=53), nullable=True))
    op.create_index("ix_annotations_client_id", "annotations", ["client_id"], unique=True)
    op.drop_index("ix_annotations_status_image_id", table_name="annotations")
    op.create_index(
        "ix_annotations_status_image_id_revision", "annotations", ["status", "image_id", "revision"]
    )


def downgrade() -> None:
    op.drop_index("ix_annotations_status_image_id_revision", table_name="annotations")
    op.create_index("ix_annotations_status_image_id", "annotations", ["status", "image_id"])
    op.drop_index("ix_annotations_client_id", table_name="annotations")
    op.drop_column("annotations", "rank")
    op.drop_column("annotations", "client_id")
