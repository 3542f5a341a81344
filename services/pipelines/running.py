"""The compiled pipeline, run: here by kfp's own local runner, or on a cluster by Kubeflow Pipelines."""

import warnings
from pathlib import Path

from kfp import Client, components, local

from services.pipelines.compiling import COMPILED
from services.pipelines.errors import PipelineFailedError


def run_locally(seed: int, root: Path, file: Path = COMPILED) -> None:
    """Run the steps one after the other, each as a process of this Python, and keep their outputs below `root`.

    Raises:
        PipelineFailedError: a step failed; its own words are above.
    """
    local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root=str(root), raise_on_error=True)
    pipeline = components.load_component_from_file(str(file))
    with warnings.catch_warnings():
        # The runner doubts every image without "python" in its name; it does not use them.
        warnings.filterwarnings("ignore", "You may be attemping to run a task", RuntimeWarning)
        try:
            pipeline(seed=seed)
        except RuntimeError as error:
            raise PipelineFailedError(str(error)) from None


def submit(host: str, namespace: str, seed: int, file: Path = COMPILED) -> str:
    """Start a run on a cluster, and return the address of its page."""
    client = Client(host=host, namespace=namespace)
    run = client.create_run_from_pipeline_package(
        str(file), arguments={"seed": seed}, experiment_name="payment-models", namespace=namespace, enable_caching=False
    )
    return f"{host}/#/runs/details/{run.run_id}"
