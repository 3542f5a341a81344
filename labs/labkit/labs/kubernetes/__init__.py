"""Lab 15: the platform on a cluster: what each object is for, a selector, a label and a quota broken and mended."""

from labkit.labs.kubernetes import hints, isolating, mending, practice, receiving, room, scaling
from labkit.spec import Exercise, LabSpec

LAB = LabSpec(
    name="15_kubernetes",
    title="Kubernetes: the platform on a cluster",
    minutes=60,
    memory_mib=1536,
    servers=(),
    lacks=practice.lacks,
    objectives=(
        "say what each object of a chart is for, and which line of a compose file it was",
        "find out why a Service that is there reaches nobody, and mend it without a pod restarting",
        "take a sick pod out of service and keep it to look at",
        "read a quota, and say how many pods fit before the API server does",
        "turn an engine up by a value, know its limit, and go back",
    ),
    exercises=(
        Exercise("receivers", "which pods a Service sends to", hints.RECEIVERS, receiving.check),
        Exercise("mend", "a Service that reaches nobody", hints.MEND, mending.check),
        Exercise("isolate", "a sick pod, set aside", hints.ISOLATE, isolating.check),
        Exercise("room", "how many pods fit into a quota", hints.ROOM, room.check),
        Exercise("turned_up", "turn Trino and the normalizer up", hints.TURNED_UP, scaling.check),
    ),
)
