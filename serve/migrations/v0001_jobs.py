"""Jobs and idempotency keys, as the first release made them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(12), nullable=False, index=True),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("created", sa.String(32), nullable=False, index=True),
        sa.Column("started", sa.String(32)),
        sa.Column("finished", sa.String(32)),
    )
    op.create_table(
        "answers",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("body", sa.LargeBinary),
        sa.Column("created", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("answers")
    op.drop_table("jobs")
