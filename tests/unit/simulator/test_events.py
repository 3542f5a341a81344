import json
from pathlib import Path

import pytest

from services.gateway import event
from services.simulator.events import wrap

FIXTURES = Path(__file__).parents[4] / "shared" / "data" / "stripe_fixtures.json"


def test_an_object_becomes_an_event_that_the_gateway_takes() -> None:
    wrapped = wrap({"object": "charge", "id": "ch_1"}, "charge.succeeded", account="acct_1", created=5)
    assert wrapped["data"] == {"object": {"object": "charge", "id": "ch_1"}}
    assert (wrapped["account"], wrapped["created"]) == ("acct_1", 5)
    assert event.parse(json.dumps(wrapped).encode()) == event.StripeEvent(wrapped["id"], "charge.succeeded", "ch_1")


def test_every_wrapping_has_an_id_of_its_own() -> None:
    assert len({wrap({"id": "ch_1"}, "charge.succeeded")["id"] for _ in range(100)}) == 100


@pytest.mark.skipif(not FIXTURES.exists(), reason="Stripe's own example objects are not beside this clone")
def test_each_of_stripes_own_objects_becomes_an_event_that_the_gateway_takes() -> None:
    for name, stripe_object in json.loads(FIXTURES.read_text()).items():
        event.parse(json.dumps(wrap(stripe_object, f"{name}.created")).encode())
