"""Each corrupt event gets the answer that it says it must get, from the gateway's and the normalizer's own code."""

from datetime import UTC, datetime

import pytest

from services.gateway import event
from services.gateway.errors import GatewayError
from services.gateway.stripe_signature import verify
from services.normalizer.errors import NormalizationError
from services.normalizer.normalization import normalize
from services.simulator.chance import dice
from services.simulator.corruption import CORRUPTIONS, can_be_corrupted, corrupt
from services.simulator.delivery import Delivery, delivery
from services.simulator.signing import sign
from services.simulator.simulation import simulate

NOW = 1_790_000_000
SECRET = "whsec_unit"
DELIVERIES = [delivery(event) for event in simulate(events=2_000, seed=7, run_id="r", now=NOW)]
GOOD = [each for each in DELIVERIES if can_be_corrupted(each)]


def gateways_answer(sent: Delivery) -> int:
    try:
        verify(sent.body, sign(sent.body if sent.signed is None else sent.signed, SECRET, NOW), SECRET, NOW)
        event.parse(sent.body)
    except GatewayError as error:
        return error.status
    return 200


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_gateway_answers_a_corrupt_event_as_expected(name: str) -> None:
    for good in GOOD[::9]:
        assert gateways_answer(good) == 200
        corrupted = CORRUPTIONS[name](good)
        assert corrupted.kind == f"corrupt: {name}"
        assert gateways_answer(corrupted) == corrupted.expected


@pytest.mark.parametrize("name", [name for name, made in CORRUPTIONS.items() if made(GOOD[0]).expected == 200])
def test_what_the_gateway_accepts_the_normalizer_refuses_under_an_id_of_its_own(name: str) -> None:
    for good in GOOD[::9]:
        corrupted = CORRUPTIONS[name](good)
        assert event.parse(corrupted.body).id == corrupted.event_id != good.event_id
        assert event.parse(corrupted.body).payment_key == good.lane
        with pytest.raises(NormalizationError):
            normalize(corrupted.body, platform_account_id="acct_p", normalized_at=datetime.now(UTC))


def test_half_of_the_sorts_are_for_the_gateway_and_half_for_the_normalizer() -> None:
    expected = [made(GOOD[0]).expected for made in CORRUPTIONS.values()]
    assert expected.count(200) == expected.count(400) == 5


def test_the_same_dice_corrupt_in_the_same_way() -> None:
    one, other = ([corrupt(good, dice(1)) for good in GOOD] for _ in range(2))
    assert one == other


def test_what_has_no_amount_or_is_read_by_nobody_is_left_alone() -> None:
    spared = {each.event_type for each in DELIVERIES} - {each.event_type for each in GOOD}
    assert spared == {"customer.created", "invoice.paid", "radar.early_fraud_warning.created"}
