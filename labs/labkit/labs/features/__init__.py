"""Lab 11: features as they were known at a time, the same for training and for serving; leaks, and how to find them."""

from labkit.labs.features import hints
from labkit.spec import Exercise, LabSpec, later

LAB = LabSpec(
    name="11_features",
    title="Features: as of when?",
    minutes=60,
    memory_mib=2560,
    servers=("minio", "catalog"),
    objectives=(
        "compute a windowed feature as it was known at any time, the lateness of facts included",
        "join payments with features at a point in time, and say what a wrong join lets in",
        "find a leak without reading the feature's code, and say why its score was too good",
        "write a Feast feature view and an on-demand feature, bring them online, and prove that both stores agree",
    ),
    exercises=(
        Exercise(
            "payments_7d",
            "a windowed feature as of a time",
            hints.PAYMENTS_7D,
            later("labkit.labs.features.windows"),
        ),
        Exercise("as_of", "the point-in-time join", hints.AS_OF, later("labkit.labs.features.joining")),
        Exercise(
            "sees_the_future",
            "a detector of leaks",
            hints.SEES_THE_FUTURE,
            later("labkit.labs.features.futures"),
        ),
        Exercise("guest_view", "a view in Feast's registry", hints.GUEST_VIEW, later("labkit.labs.features.viewing")),
        Exercise(
            "amount_above_usual",
            "a feature of the payment itself",
            hints.AMOUNT_ABOVE_USUAL,
            later("labkit.labs.features.requesting"),
        ),
    ),
)
