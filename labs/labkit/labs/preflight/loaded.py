"""What of this lab's orders has reached the lakehouse, as bronze tells."""

from collections.abc import Mapping

from labkit.errors import OutOfOrderError, StaleStateError
from labkit.labs.preflight import shop
from labkit.labs.preflight.amounts import Payment
from labkit.servers import bronze, warehouse


def payments() -> Mapping[str, Payment]:
    """Return the newest loaded payment of each of the shop's currencies, as bronze has it."""
    found = bronze.rows(
        """
        SELECT DISTINCT ON (currency) event_id, amount_cents, currency, amount
        FROM payment_events
        WHERE loaded_to_iceberg AND event_type = 'payment_intent.succeeded' AND currency = ANY(%s)
        ORDER BY currency, ingested_at DESC
        """,
        [currency.upper() for currency in shop.PRICES],
    )
    missing = {currency.upper() for currency in shop.PRICES} - {row["currency"] for row in found}
    if missing:
        raise OutOfOrderError(
            f"no payment in {', '.join(sorted(missing))} has reached the lakehouse yet",
            try_next="run the cells that send the three orders and run the batch, then check again.",
        )
    inorder = sorted((Payment(**row) for row in found), key=lambda one: list(shop.PRICES).index(one.currency.lower()))
    return {payment.event_id: payment for payment in inorder}


def snapshot(event_id: str) -> str:
    """Return which Iceberg snapshot brought an event: bronze names the batch, the snapshot carries its id."""
    [row] = bronze.rows("SELECT load_batch_id FROM payment_events WHERE event_id = %s", event_id)
    batch = row["load_batch_id"]
    found = warehouse.query(
        f"""SELECT snapshot_id FROM "payment_events$snapshots" WHERE element_at(summary, 'load_batch_id') = '{batch}'"""  # noqa: S608 - our own id
    )
    if not found.rows:
        raise StaleStateError(
            f"bronze says that batch {batch} was loaded, but no Iceberg snapshot carries its id",
            try_next="was one store reset without the other? `lakehouse reset` resets them together.",
        )
    return f"; batch {batch}, snapshot {found.rows[0][0]}"
