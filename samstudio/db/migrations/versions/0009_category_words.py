"""Categories have a description, and can be deleted while rejected objects still name them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("categories", sa.Column("description", sa.Text(), server_default="", nullable=False))
    op.add_column("categories", sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("categories", "deleted")
    op.drop_column("categories", "description")
