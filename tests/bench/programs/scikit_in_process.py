"""The reference of inference: `predict_proba` of the same model, one row at a time, with nothing around it.

`python -m tests.bench.programs.scikit_in_process SECONDS` prints the median time in ms.
"""

import sys
import time
from statistics import median

from tests.bench.payments import payments
from tests.bench.scikit_model import table, trained


def p50_ms(seconds: float) -> float:
    """Return the median over so many seconds."""
    pipeline = trained()
    tables = [table([payment]) for payment in payments(64)]
    pipeline.predict_proba(tables[0])
    times: list[float] = []
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        for each in tables:
            started = time.perf_counter()
            pipeline.predict_proba(each)
            times.append(time.perf_counter() - started)
    return median(times) * 1000


if __name__ == "__main__":
    sys.stdout.write(f"{p50_ms(float(sys.argv[1]))}\n")
