"""Pooled embeddings, by which near-duplicates are found, and what a person said are none."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "image_vectors",
        sa.Column("image_seq", sa.Integer(), nullable=False),
        sa.Column("encoder", sa.String(length=32), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_seq"], ["images.seq"], name=op.f("fk_image_vectors_image_seq_images"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("image_seq", "encoder", name=op.f("pk_image_vectors")),
    )
    op.create_table(
        "apart",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("image_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_seq"], ["images.seq"], name=op.f("fk_apart_image_seq_images"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", "image_seq", name=op.f("pk_apart")),
    )
    op.create_index("ix_apart_image_seq", "apart", ["image_seq"])


def downgrade() -> None:
    op.drop_table("apart")
    op.drop_table("image_vectors")
