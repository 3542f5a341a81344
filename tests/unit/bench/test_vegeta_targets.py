"""The load generator's input."""

import base64
import json

from tests.bench.vegeta import Request


def test_a_target_is_one_line_that_carries_the_bytes_of_the_body() -> None:
    body = '{"name": "Müller"}\n'.encode()
    line = Request("http://127.0.0.1:1/", body, {"Stripe-Signature": "t=1,v1=2"}).as_target()
    assert "\n" not in line
    target = json.loads(line)
    assert base64.b64decode(target["body"]) == body
    assert target["header"] == {"Stripe-Signature": ["t=1,v1=2"]}
