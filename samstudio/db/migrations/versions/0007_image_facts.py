"""Images can be looked for: facts to filter and order by, tags, notes, marks, a flag, a split, a trash.

The table of facts begins empty: `samstudio.db.migrate` fills it, in the same
transaction, with what the code of that day computes. A later migration that
changes the table deletes its rows.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from samstudio.db.types import UtcDateTime, byte_ordered_text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ORDERS = (
    "name_key",
    "group_key",
    "created_at",
    "changed_at",
    "objects",
    "accepted",
    "proposed",
    "pixels",
    "score",
    "score_down",
    "held_out",
    "held_out_down",
)


def upgrade() -> None:
    of_image: tuple[sa.Column[Any], ...] = (
        sa.Column("mark", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("flagged", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("split", sa.String(length=16), nullable=True),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", UtcDateTime(timezone=True), nullable=True),
    )
    for column in of_image:
        op.add_column("images", column)
    op.create_index("ix_images_deleted_at", "images", ["deleted_at"])
    of_annotation: tuple[sa.Column[Any], ...] = (
        sa.Column("author", sa.String(length=100), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("flagged", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("held_out_iou", sa.Float(precision=53), nullable=True),
    )
    for column in of_annotation:
        op.add_column("annotations", column)
    op.create_table(
        "image_tags",
        sa.Column("image_seq", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_seq"], ["images.seq"], name=op.f("fk_image_tags_image_seq_images"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("image_seq", "tag", name=op.f("pk_image_tags")),
    )
    op.create_index("ix_image_tags_tag", "image_tags", ["tag"])
    _create_facts()


def _create_facts() -> None:
    op.create_table(
        "image_facts",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trashed", sa.Boolean(), nullable=False),
        sa.Column("name_key", byte_ordered_text(), nullable=False),
        sa.Column("group_key", byte_ordered_text(), nullable=False),
        sa.Column("search", byte_ordered_text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("split", sa.String(length=16), nullable=True),
        sa.Column("pixels", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("objects", "accepted", "proposed", "corrected")
        ),
        *(
            sa.Column(name, sa.Float(precision=53), nullable=False)
            for name in ("score", "score_down", "held_out", "held_out_down")
        ),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("accepted_categories", "proposed_categories", "versions", "authors", "tags")
        ),
        sa.ForeignKeyConstraint(
            ["seq"], ["images.seq"], name=op.f("fk_image_facts_seq_images"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_image_facts")),
    )
    for name in ORDERS:
        op.create_index(f"ix_image_facts_{name}", "image_facts", ["trashed", name, "seq"])


def downgrade() -> None:
    op.drop_table("image_facts")
    op.drop_table("image_tags")
    for name in ("held_out_iou", "flagged", "note", "author"):
        op.drop_column("annotations", name)
    op.drop_index("ix_images_deleted_at", table_name="images")
    for name in ("deleted_at", "updated_at", "split", "flagged", "note", "mark"):
        op.drop_column("images", name)
