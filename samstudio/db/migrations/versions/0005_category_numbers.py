"""A category keeps the number, the place and the supercategory that it came in with."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("categories", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("categories", sa.Column("position", sa.Integer(), nullable=True))
    op.add_column(
        "categories", sa.Column("supercategory", sa.String(length=100), server_default="", nullable=False)
    )
    op.create_index("ix_categories_number", "categories", ["number"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_categories_number", table_name="categories")
    for column in ("supercategory", "position", "number"):
        op.drop_column("categories", column)
