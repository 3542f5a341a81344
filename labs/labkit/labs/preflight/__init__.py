"""Lab 00: what this machine has, and one payment on its way from a signed webhook to a query."""

from labkit.labs.preflight import checks, hints
from labkit.spec import Exercise, LabSpec

LAB = LabSpec(
    name="00_preflight",
    title="Preflight and tour",
    minutes=45,
    memory_mib=4096,
    servers=("MinIO", "the Iceberg catalog", "Trino", "Kafka", "Temporal", "PostgreSQL", "the four payment services"),
    exercises=(
        Exercise("sign", "sign a webhook as Stripe does", hints.SIGN, checks.sign),
        Exercise("tamper", "change one byte of a signed body", hints.TAMPER, checks.tamper),
        Exercise("payment_sql", "find a payment with SQL", hints.PAYMENT_SQL, checks.payment_sql),
    ),
)
