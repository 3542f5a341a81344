from hypothesis import given
from hypothesis import strategies as st
from stripe import WebhookSignature

from services.simulator.signing import sign


@given(body=st.text(max_size=50), timestamp=st.integers(1, 2**33))
def test_the_header_is_the_one_that_stripe_makes(body: str, timestamp: int) -> None:
    expected = WebhookSignature.generate_signature_header(body, "whsec_unit", timestamp)
    assert sign(body.encode(), "whsec_unit", timestamp) == expected
