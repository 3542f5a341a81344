"""What inference is asked about."""

import random

from services.inference.messages import PaymentFeatures


def payments(count: int) -> list[PaymentFeatures]:
    """Return payments as the orchestrator would ask about."""
    rng = random.Random(7)  # noqa: S311 - the same ones every time
    return [
        PaymentFeatures(
            event_type="charge.succeeded",
            merchant_id=f"acct_{rng.randrange(50)}",
            customer_id=f"cus_{rng.randrange(1000)}",
            amount_cents=round(rng.lognormvariate(8, 1)),
            currency=rng.choice(["USD", "EUR", "JPY", "GBP", "KWD"]),
            status=rng.choice(["succeeded", "failed"]),
            card_country=rng.choice(["US", "DE", "FR", "GB", "JP", "KW"]),
            card_brand=rng.choice(["visa", "mastercard", "amex"]),
            attempt_number=rng.randint(1, 3),
        )
        for _ in range(count)
    ]
