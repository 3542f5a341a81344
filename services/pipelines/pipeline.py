"""The pipeline: features, then each of the three models and its gate, and the online store."""

from typing import Final

from kfp import dsl, kubernetes

from services.pipelines.components import build_features, materialize_features, promote_model, train_model

TASKS: Final = ("fraud", "churn", "retry")
ADDRESSES: Final = "lakehouse-addresses"
SECRETS: Final = "lakehouse-secrets"
"""The ConfigMap and the Secret beside the pipeline's pods on a cluster; kfp's local runner does not read them."""
ADDRESS_NAMES: Final = ("CATALOG_URI", "S3_ENDPOINT", "MLFLOW_TRACKING_URI")
SECRET_NAMES: Final = ("CATALOG_CREDENTIAL", "S3_ACCESS_KEY", "S3_SECRET_KEY")


def _on_the_platform(task: dsl.PipelineTask, memory: str = "2G") -> dsl.PipelineTask:
    """Give a step what it needs on a cluster."""
    # A step's inputs do not tell what is in the lakehouse, so an earlier answer says nothing about the next.
    task.set_caching_options(enable_caching=False)
    task.set_env_variable("OMP_NUM_THREADS", "1")  # see services/training/README.md
    task.set_cpu_request("1").set_memory_request(memory).set_memory_limit(memory)
    kubernetes.use_config_map_as_env(task, ADDRESSES, {name: name for name in ADDRESS_NAMES})
    kubernetes.use_secret_as_env(task, SECRETS, {name: name for name in SECRET_NAMES})
    kubernetes.add_pod_label(task, "app.kubernetes.io/component", "pipelines")
    return task


@dsl.pipeline(name="payment-models", description="Features, three models, and a gate for each.")
def payment_models(seed: int = 7) -> None:
    """Train fraud, churn and retry on the marts as they are, and promote what the gate lets through."""
    built = _on_the_platform(build_features())
    for task in TASKS:
        trained = _on_the_platform(
            train_model(task=task, facts_snapshot_id=built.outputs["Output"], seed=seed), memory="4G"
        )
        trained.set_display_name(f"train-{task}")
        promoted = _on_the_platform(promote_model(task=task, seed=seed)).after(trained)
        promoted.set_display_name(f"promote-{task}")
    _on_the_platform(materialize_features()).after(built)
