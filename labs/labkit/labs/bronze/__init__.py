"""Lab 05: inference in the loop, what happens without it, and the two tables that every event ends in."""

from labkit.labs.bronze import checks, hints
from labkit.spec import Exercise, LabSpec

LAB = LabSpec(
    name="05_bronze",
    title="Inference and bronze",
    minutes=60,
    memory_mib=2560,
    servers=("kafka", "temporal", "postgres", "inference"),
    exercises=(
        Exercise("fraud_score", "a score inside the real inference service", hints.FRAUD_SCORE, checks.fraud_score),
        Exercise("features", "what inference is told, and its 422", hints.FEATURES, checks.features),
        Exercise(
            "score_or_fallback",
            "a payment that does not wait for a model",
            hints.SCORE_OR_FALLBACK,
            checks.score_or_fallback,
        ),
        Exercise("store", "bronze or quarantine, once", hints.STORE, checks.store),
        Exercise("review", "review, mend and send again", hints.REVIEW, checks.review),
    ),
    objectives=(
        "serve a score of your own by the real inference service, and read its refusals",
        "keep payments moving while a model is slow or gone, and find out later which scores are none",
        "write each event exactly once to bronze or, with a reason, to the quarantine",
        "review what is in the quarantine and send it through the platform again",
    ),
)
