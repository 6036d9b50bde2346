"""Turns of jobs: whose each is, in which queue, and when it is due among those of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "turns",
        sa.Column("job", sa.String(40), primary_key=True),
        sa.Column("queue", sa.String(12), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("starts", sa.Integer, nullable=False),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_turns_owner", "turns", ["owner"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("turns")
