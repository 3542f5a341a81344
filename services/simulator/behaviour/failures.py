"""Why a payment fails.

To learn: who fails. Customers who are short of cash fail for insufficient funds; an expired, lost or stolen card fails
until it is replaced; a bank refuses its cards now and then, and one bank more often after the drift.
"""

import random
from typing import Final

from services.simulator.population import Card, Customer
from services.simulator.story import Failure

INSUFFICIENT_FUNDS: Final = Failure("card_declined", "insufficient_funds", "Your card has insufficient funds.")
DO_NOT_HONOR: Final = Failure("card_declined", "do_not_honor", "Your card was declined.")
LOST_CARD: Final = Failure("card_declined", "lost_card", "Your card was declined.")
STOLEN_CARD: Final = Failure("card_declined", "stolen_card", "Your card was declined.")
EXPIRED_CARD: Final = Failure("expired_card", "expired_card", "Your card has expired.")
INCORRECT_CVC: Final = Failure("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
PROCESSING_ERROR: Final = Failure(
    "processing_error", "processing_error", "An error occurred while processing your card. Try again in a little bit."
)

INSUFFICIENT_FUNDS_RATE: Final = 0.012
SHORT_OF_CASH_RATE: Final = 0.14
DO_NOT_HONOR_RATE: Final = 0.018
PROCESSING_ERROR_RATE: Final = 0.014
LOSS_RATE: Final = 0.0015
"""How often, per payment, a customer finds that their card is lost."""
REPLACEMENT_DAYS: Final = (3.0, 10.0)
"""How long a lost or stolen card stays on file, blocked, until the customer enters the new one."""
UPDATES_AT_CHECKOUT_RATE: Final = {"subscription": 0.3, "regular": 0.7, "occasional": 0.7}
"""How often a renewed card is entered before the old one fails. A subscription has no checkout to be asked at."""


def of_first_attempt(customer: Customer, card: Card, bank_refusals: float, rng: random.Random) -> Failure | None:
    """Return why the first attempt with a card that is neither expired nor blocked fails; None if it does not.

    Args:
        customer: who pays.
        card: what with.
        bank_refusals: how many times the usual rate the card's bank refuses at this time.
        rng: the dice.
    """
    funds = SHORT_OF_CASH_RATE if customer.short_of_cash and card.funding != "credit" else INSUFFICIENT_FUNDS_RATE
    thrown = rng.random()
    for failure, rate in (
        (INSUFFICIENT_FUNDS, funds),
        (DO_NOT_HONOR, DO_NOT_HONOR_RATE * bank_refusals),
        (PROCESSING_ERROR, PROCESSING_ERROR_RATE),
    ):
        if thrown < rate:
            return failure
        thrown -= rate
    return None
