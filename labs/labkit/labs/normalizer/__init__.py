"""Lab 03: a log, its readers, and what to do with what cannot be read."""

from labkit.labs.normalizer import checks, hints
from labkit.spec import Exercise, LabSpec

LAB = LabSpec(
    name="03_normalizer",
    title="Kafka and the normalizer",
    minutes=60,
    memory_mib=3072,
    servers=("postgres", "kafka", "temporal", "gateway", "normalizer", "inference", "orchestrator"),
    exercises=(
        Exercise("key", "keep one payment's events in order", hints.KEY, checks.key),
        Exercise("relay", "copy records and lose none, whenever it is killed", hints.RELAY, checks.relay),
        Exercise("major_units", "get every currency's decimals right", hints.MAJOR_UNITS, checks.major_units),
        Exercise("clean", "tell nothing from something", hints.CLEAN, checks.clean),
        Exercise("poison", "make a message that only the normalizer refuses", hints.POISON, checks.poison),
    ),
    objectives=(
        "choose a key, and say what it does to order and to load",
        "read a group's lag, and set a group back",
        "say what is lost and what is doubled when a consumer dies at any line, and write one that loses nothing",
        "put rules of your own into the real normalizer",
        "find a dead letter, say why it died, and replay it",
    ),
)
