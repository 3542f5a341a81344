"""Lab 12: three models, judged: splits by time, baselines, calibration, costs, intervals, and a gate."""

from labkit.labs.training import hints
from labkit.spec import Exercise, LabSpec, later

LAB = LabSpec(
    name="12_training",
    title="Training: is it any good?",
    minutes=60,
    memory_mib=3584,
    servers=("minio", "catalog", "mlflow"),
    objectives=(
        "split a history by time, with the gap that late labels need",
        "train a model that beats the rules by a margin agreed on before, and make its scores mean what they say",
        "choose a threshold by what mistakes cost, and say with an interval how sure a lead is",
        "judge three models by their figures, register one in MLflow, and write the gate that refuses a worse one",
    ),
    exercises=(
        Exercise(
            "part_of", "to learn from, or to be judged by", hints.PART_OF, later("labkit.labs.training.splitting")
        ),
        Exercise("fit", "a model that beats the rules", hints.FIT, later("labkit.labs.training.fitting")),
        Exercise(
            "calibrate", "scores that mean what they say", hints.CALIBRATE, later("labkit.labs.training.calibrating")
        ),
        Exercise("threshold", "stop from where it pays", hints.THRESHOLD, later("labkit.labs.training.deciding")),
        Exercise("interval", "how sure is the lead", hints.INTERVAL, later("labkit.labs.training.resampling")),
        Exercise("objections", "the gate's rule", hints.OBJECTIONS, later("labkit.labs.training.gating")),
    ),
)
