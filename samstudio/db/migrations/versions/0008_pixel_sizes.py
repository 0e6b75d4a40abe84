"""A person says how large a pixel is, of an image or of the dataset, which has settings from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("images", sa.Column("pixel_size", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "dataset_settings",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_settings")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dataset_settings_name", "dataset_settings", ["name"], unique=True)


def downgrade() -> None:
    op.drop_table("dataset_settings")
    op.drop_column("images", "pixel_size")
