"""Lab 00: what this machine has, and one payment on its way from a signed webhook to a query."""

from labkit.labs.preflight import audit_check, checks, hints
from labkit.spec import Exercise, LabSpec
from stack.manifest import servers, services

LAB = LabSpec(
    name="00_preflight",
    title="Preflight and tour",
    minutes=45,
    memory_mib=4096,
    servers=(*servers(), *services()),
    exercises=(
        Exercise("sign", "sign a webhook as Stripe does", hints.SIGN, checks.sign),
        Exercise("tamper", "change one byte of a signed body", hints.TAMPER, checks.tamper),
        Exercise("payment_sql", "find a payment with SQL", hints.PAYMENT_SQL, checks.payment_sql),
        Exercise("audit", "prove that nothing was lost or counted twice", hints.AUDIT, audit_check.audit),
    ),
    objectives=(
        "sign a webhook as Stripe does, and say why the gateway refuses a forged one",
        "find any payment in the ledger, Kafka, Temporal, PostgreSQL, Iceberg and the marts, and say when it was where",
        "ask the lakehouse what was paid, in any currency, to the last digit",
        "prove that nothing that was accepted is missing from the books",
    ),
    started_by_hand=(*servers(), *services()),
)
