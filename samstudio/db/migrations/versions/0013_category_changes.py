"""Categories have a revision, say into which one they were merged, and are counted from an index."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("categories", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.add_column("categories", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.drop_index("ix_annotations_category_id", table_name="annotations")
    op.create_index(
        "ix_annotations_category_id_status_image_id", "annotations", ["category_id", "status", "image_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_annotations_category_id_status_image_id", table_name="annotations")
    op.create_index("ix_annotations_category_id", "annotations", ["category_id"])
    op.drop_column("categories", "revision")
    op.drop_column("categories", "merged_into")
