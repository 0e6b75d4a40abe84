"""Counts without a look at every object, or every row of the facts: indexes, and the number rejected."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

REJECTED = """
UPDATE image_facts SET rejected = (
    SELECT count(*) FROM annotations JOIN images ON images.id = annotations.image_id
    WHERE images.seq = image_facts.seq AND annotations.status IN ('rejected', 'trashed:rejected')
)
"""


def upgrade() -> None:
    op.add_column("image_facts", sa.Column("rejected", sa.Integer(), server_default="0", nullable=False))
    op.execute(sa.text(REJECTED))
    op.create_index(
        "ix_image_facts_group_name", "image_facts", ["group_name", "split", "trashed", "accepted"]
    )


def downgrade() -> None:
    op.drop_index("ix_image_facts_group_name", table_name="image_facts")
    op.drop_column("image_facts", "rejected")
