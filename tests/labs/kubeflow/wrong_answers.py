"""Wrong answers that learners give, each with the part of the message that only it must get."""

from typing import Any

from kfp import dsl

from labkit.labs.kubeflow import steps
from services.pipelines import components

from .wrong_components import CUT, FRAUD_SHARE, mean_by_hand


def prepare() -> None:
    """The payments and their features: not within the first test's time."""
    from labkit.labs.kubeflow import payments  # noqa: PLC0415 - Feast takes seconds to import

    payments.real()


def drawn(**wrong: Any) -> Any:  # noqa: ANN401
    """Return the week's run, drawn with one thing otherwise."""

    def weekly(source: str, test_from: str) -> None:
        payments = steps.read(source=wrong.get("source", source)).output
        parts = steps.cut(payments=payments, test_from=wrong.get("test_from", test_from))
        models, found = [], []
        for bands in wrong.get("bands", (4, 20)):
            model = steps.learn(train=parts.outputs[wrong.get("train", "train")], bands=bands)
            if wrong.get("one_by_one") and models:
                model.after(models[-1])
            models.append(model)
            judged = models[0] if wrong.get("the_first") else model
            found.append(steps.judge(model=judged.output, test=parts.outputs[wrong.get("test", "test")]))
        coarse, fine = found if not wrong.get("mixed") else found[::-1]
        said = steps.announce(coarse=coarse.output, fine=fine.output)
        for _ in range(wrong.get("cleanings", 1)):
            cleaning = steps.clean_up()
            if not wrong.get("in_lines"):
                cleaning.after(said)

    return weekly


def asks_now(source: str, test_from: str) -> None:
    parts = steps.cut(payments=steps.read(source=source).output, test_from=test_from)
    models = [steps.learn(train=parts.outputs["train"], bands=bands) for bands in (4, 20)]
    coarse, fine = (steps.judge(model=model.output, test=parts.outputs["test"]) for model in models)
    print(f"{float(fine.output):.1%}")  # noqa: T201
    steps.clean_up().after(steps.announce(coarse=coarse.output, fine=fine.output))


def python_if(share: float, needed: float) -> None:
    measured = steps.measure(share=share)
    if measured.output >= needed:
        steps.promote()
    else:
        steps.report(share=measured.output)


def both(share: float, needed: float) -> None:
    measured = steps.measure(share=share)
    with dsl.If(measured.output >= needed):
        steps.promote()
    with dsl.If(measured.output >= 0.0):
        steps.report(share=measured.output)


def gated(how: Any, told: Any = None, least: Any = None) -> Any:  # noqa: ANN401
    """Return a gate with this condition of what was measured and needed; `told` is for the report."""

    def gate(share: float, needed: float) -> None:
        measured = steps.measure(share=share if least is None else least)
        with dsl.If(how(measured.output, needed)):
            steps.promote()
        with dsl.Else():
            steps.report(share=measured.output if told is None else told)

    return gate


def no_else(share: float, needed: float) -> None:
    measured = steps.measure(share=share)
    with dsl.If(measured.output >= needed):
        steps.promote()


def retrained(**wrong: Any) -> Any:  # noqa: ANN401
    """Return the real training, drawn with one thing otherwise."""

    def retrain(seed: int) -> None:
        built = components.build_features()
        trained = components.train_model(
            task=wrong.get("task", "fraud"),
            facts_snapshot_id=wrong.get("snapshot", built.outputs["Output"]),
            seed=wrong.get("seed", seed),
        )
        promoted = components.promote_model(task=wrong.get("gate", "fraud"), seed=seed)
        if not wrong.get("in_lines"):
            promoted.after(built if wrong.get("after_features") else trained)

    return retrain


def no_gate(seed: int) -> None:
    built = components.build_features()
    components.train_model(task="fraud", facts_snapshot_id=built.outputs["Output"], seed=seed)


def one_output(seed: int) -> None:
    built = components.build_features()
    components.train_model(task="fraud", facts_snapshot_id=built.output, seed=seed)


WRONG: dict[str, dict[str, tuple[Any, str]]] = {
    "fraud_share": FRAUD_SHARE,
    "cut": CUT,
    "weekly": {
        "learns from the test": (drawn(train="test"), "it has read the exam"),
        "judges on what was learnt": (drawn(test="train"), "by heart is not by understanding"),
        "one file for ever": (drawn(source="payments.parquet"), "`source` = payments.parquet, the same in every run"),
        "one day for ever": (drawn(test_from="2026-07-01"), "`test_from` = 2026-07-01, the same in every run"),
        "one after the other": (drawn(one_by_one=True), "they would run side by side"),
        "lines for an order": (drawn(in_lines=True), "that the lines stand in this order is no order"),
        "coarse is fine": (drawn(mixed=True), "`coarse` are the 4, `fine` the 20"),
        "both judge the first": (drawn(the_first=True), "nobody at the other one"),
        "other bands": (drawn(bands=(5, 50)), "the two learn with 5 and 50 bands"),
        "cleans up twice": (drawn(cleanings=2), "asked for was 1"),
        "a promise for a number": (asks_now, "kfp calls `asks_now` once"),
    },
    "gate": {
        "Python's if": (python_if, "its output was a promise, and a promise is true"),
        "both": (both, "`promote` and `report` ran"),
        "more than enough": (gated(lambda found, needed: found > needed), "Just enough is enough"),
        "the other way round": (gated(lambda found, needed: found < needed), "30% where 25% are needed: `report` ran"),
        "a quarter, always": (gated(lambda found, _needed: found >= 0.25), "40% are needed: `promote` ran"),
        "no else": (no_else, "25% are needed: neither step ran"),
        "told what is needed": (gated(lambda found, needed: found >= needed, told=0.5), "`report` said"),
        "measures nothing": (gated(lambda found, needed: found >= needed, least=0.9), "25% are needed: `promote` ran"),
    },
    "retrain": {
        "lines for an order": (retrained(in_lines=True), "the gate would judge last week's challenger"),
        "a snapshot of old": (retrained(snapshot="42"), "`facts_snapshot_id` = 42"),
        "another task": (retrained(task="churn"), "`train_model` works on `churn`"),
        "the gate of another": (retrained(gate="retry"), "`promote_model` works on `retry`"),
        "one seed for ever": (retrained(seed=7), "`seed` = 7"),
        "no gate": (no_gate, "asked for were build-features, train-model, promote-model"),
        "one of two outputs": (one_output, "kfp calls `one_output` once"),
    },
}


def if_and_if(share: float, needed: float) -> None:
    found = steps.measure(share=share).output
    with dsl.If(found >= needed):
        steps.promote()
    with dsl.If(found < needed):
        steps.report(share=found)


RIGHT: dict[str, dict[str, Any]] = {
    "fraud_share": {"without pandas": mean_by_hand},
    "gate": {"two conditions": if_and_if},
}
