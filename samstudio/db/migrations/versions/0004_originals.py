"""An image keeps the file that it came in as, which page of it it is, and how its pixels were read from it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("images", sa.Column("original_file", sa.String(length=120), nullable=True))
    op.add_column("images", sa.Column("original_sha256", sa.String(length=64), nullable=True))
    op.add_column("images", sa.Column("original_bytes", sa.Integer(), nullable=True))
    op.add_column("images", sa.Column("page", sa.Integer(), nullable=True))
    op.add_column("images", sa.Column("reading", sa.JSON(none_as_null=True), nullable=True))
    op.create_index("ix_images_original_file", "images", ["original_file"])


def downgrade() -> None:
    op.drop_index("ix_images_original_file", table_name="images")
    for column in ("reading", "page", "original_bytes", "original_sha256", "original_file"):
        op.drop_column("images", column)
