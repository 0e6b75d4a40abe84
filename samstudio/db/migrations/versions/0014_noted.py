"""Images are found by whether they, or objects of them, have a note."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NOTED = """
UPDATE image_facts SET noted = true
WHERE seq IN (SELECT seq FROM images WHERE note <> '')
   OR seq IN (
     SELECT images.seq FROM annotations JOIN images ON images.id = annotations.image_id
     WHERE annotations.note <> '' AND annotations.status NOT LIKE '%rejected'
   )
"""


def upgrade() -> None:
    op.add_column("image_facts", sa.Column("noted", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.text(NOTED))


def downgrade() -> None:
    op.drop_column("image_facts", "noted")
