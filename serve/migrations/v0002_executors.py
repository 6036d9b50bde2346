"""Processes that work on jobs, and campaigns where they are kept in a database server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables; the experiments floor makes that of campaigns itself where it comes first."""
    op.create_table(
        "executors",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
    )
    op.create_table(
        "campaigns",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("changed", sa.String(32), nullable=False),
        if_not_exists=True,
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("campaigns")
    op.drop_table("executors")
