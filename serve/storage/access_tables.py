"""Tables of who may what: access keys, sessions of browsers, and who made which job or campaign."""

from __future__ import annotations

import sqlalchemy as sa

JOB, CAMPAIGN = "job", "campaign"  # kinds of what is somebody's
TABLES = sa.MetaData()
KEYS = sa.Table(
    "access_keys",
    TABLES,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, index=True),
    sa.Column("scope", sa.String(12), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("created", sa.String(32), nullable=False),
    sa.Column("expires", sa.String(32), nullable=False),
    sa.Column("revoked", sa.String(32)),
)
SESSIONS = sa.Table(
    "access_sessions",
    TABLES,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(12), nullable=False, index=True),
    sa.Column("expires", sa.String(32), nullable=False),
)
OWNERS = sa.Table(
    "owners",
    TABLES,
    sa.Column("kind", sa.String(12), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
)
