"""Review of the quarantine: known states, signed by somebody; indices for reviewers and for the batch lookup."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLE = "payment_events_quarantine"
STATUS_KNOWN = "review_status IN ('open', 'replayed', 'resolved', 'rejected')"
SIGNED = "review_status = 'open' OR num_nonnulls(nullif(reviewed_by, ''), reviewed_at) = 2"

# Until now anything could be written. A state that is not known is reopened, its name kept in the note; a review that
# nobody signed is signed as such.
REOPEN = f"""
    UPDATE {TABLE}
    SET review_note = concat_ws(E'\\n', review_note, 'review_status was ' || review_status), review_status = 'open'
    WHERE NOT ({STATUS_KNOWN})
"""  # noqa: S608 - constants only
SIGN = f"""
    UPDATE {TABLE}
    SET reviewed_by = coalesce(nullif(reviewed_by, ''), 'unknown'), reviewed_at = coalesce(reviewed_at, now())
    WHERE NOT ({SIGNED})
"""  # noqa: S608 - constants only


def upgrade() -> None:
    """Bring the rows in line, then hold them there."""
    op.execute(REOPEN)
    op.execute(SIGN)
    op.create_check_constraint("review_status_known", TABLE, STATUS_KNOWN)
    op.create_check_constraint("review_signed", TABLE, SIGNED)
    unloaded, is_open = sa.text("NOT loaded_to_iceberg"), sa.text("review_status = 'open'")
    op.create_index("payment_events_quarantine_load_batch", TABLE, ["load_batch_id"], postgresql_where=unloaded)
    op.create_index("payment_events_quarantine_open", TABLE, ["id"], postgresql_where=is_open)


def downgrade() -> None:
    """Drop constraints and indices; every row stays as it is."""
    op.drop_index("payment_events_quarantine_open", TABLE)
    op.drop_index("payment_events_quarantine_load_batch", TABLE)
    op.drop_constraint("review_signed", TABLE)
    op.drop_constraint("review_status_known", TABLE)
