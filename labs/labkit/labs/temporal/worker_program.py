"""A worker to be killed: run by its path, its job on stdin. It imports nothing of labkit, so that it starts quickly."""

import asyncio
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import cloudpickle  # type: ignore[import-untyped]
import psycopg
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

FOR_EVER_S = 3600


def activities(job: dict[str, Any]) -> list[Callable[..., Any]]:
    """Return what this worker does for the shop."""

    @activity.defn(name="charge_card")
    def charge(order: dict[str, Any]) -> None:
        with psycopg.connect(job["dsn"]) as connection:
            job["write_charge"](connection, job["order"](**order))
        if job["dawdles"]:
            print("written", flush=True)  # noqa: T201 - to the process that started this one
            time.sleep(FOR_EVER_S)

    @activity.defn(name="send_receipt")
    async def receipt(_order: dict[str, Any]) -> None:
        """The mail server of this lab takes everything and keeps nothing."""

    return [charge, receipt]


async def main(job: dict[str, Any]) -> None:
    """Work until killed."""
    worker = Worker(
        await Client.connect(job["address"], namespace=job["namespace"]),
        task_queue=job["task_queue"],
        workflows=[job["workflow"]],
        activities=activities(job),
        activity_executor=ThreadPoolExecutor(max_workers=4),
        workflow_runner=UnsandboxedWorkflowRunner(),
        # A worker that is gone is not waited for longer than this.
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
    )
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main(cloudpickle.load(sys.stdin.buffer)))
