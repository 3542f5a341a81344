import os
import socket

import pytest

from stack import ports
from stack.context import Context
from stack.errors import StackError
from stack.manifest import specs

pytestmark = pytest.mark.usefixtures("state")


def test_a_taken_port_is_named_with_its_holder_and_the_way_out() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        context = Context.load(port_offset=taken - specs()["trino"].ports["http"])
        with pytest.raises(StackError) as raised:
            ports.require_free((specs()["trino"],), context)
    assert f"Port {taken} (trino, http) is taken by" in raised.value.problem
    assert f"process {os.getpid()}" in raised.value.problem
    assert "--port-offset" in raised.value.remedy


def test_a_free_port_is_free() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
    assert ports.free(port)
