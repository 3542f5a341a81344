"""Lab 14: the training as a pipeline: steps that stand alone, artefacts, wiring, a gate, and the real one run."""

from labkit.labs.kubeflow import hints
from labkit.spec import Exercise, LabSpec, later

_OF = "labkit.labs.kubeflow"

LAB = LabSpec(
    name="14_kubeflow",
    title="Kubeflow: training as a pipeline",
    minutes=60,
    memory_mib=3584,
    servers=("minio", "catalog", "mlflow"),
    objectives=(
        "write a step that runs in a container that knows nothing of your notebook",
        "say what goes between steps as a parameter and what as an artefact, and why",
        "draw a pipeline whose order is in its inputs, and let it decide while it runs",
        "run the real training as a pipeline, and say of a model in the registry on which rows it was trained",
    ),
    exercises=(
        Exercise("fraud_share", "a step that stands alone", hints.FRAUD_SHARE, later(f"{_OF}.standing_alone")),
        Exercise("cut", "two tables as artefacts", hints.CUT, later(f"{_OF}.cutting")),
        Exercise("weekly", "six steps and their order", hints.WEEKLY, later(f"{_OF}.weekly")),
        Exercise("gate", "a decision while it runs", hints.GATE, later(f"{_OF}.gate")),
        Exercise("retrain", "the real training, on the real servers", hints.RETRAIN, later(f"{_OF}.retraining")),
    ),
)
