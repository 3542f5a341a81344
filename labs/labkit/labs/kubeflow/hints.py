"""The hints of this lab: each ladder leads from a question to nearly the code."""

from typing import Final

FRAUD_SHARE: Final = (
    "Imagine the function's text alone in an empty file. Which names would be unknown there?",
    (
        "`import pandas as pd` is the first line *inside*. The table is a Parquet file at `payments.path`; what is "
        "worth seeing later goes into `metrics.log_metric(name, value)`. And a day without payments has no mean."
    ),
    (
        "`rows = pd.read_parquet(payments.path)`; `metrics.log_metric('payments', len(rows))`; "
        "`return float(rows['fraud'].mean()) if len(rows) else 0.0`."
    ),
)
CUT: Final = (
    "An `Output[Dataset]` is not returned. kfp has chosen where it goes; what does the step have to do there?",
    (
        "Write the Parquet file to `train.path`, and to `test.path`; say in `….metadata['rows']` how many. "
        "`test_from` comes as text: `pd.Timestamp(test_from)`."
    ),
    (
        "`late = rows['occurred_at'] >= pd.Timestamp(test_from)`; for `(train, ~late)` and `(test, late)`: "
        "`rows[chosen].to_parquet(part.path)`; `part.metadata['rows'] = int(chosen.sum())`."
    ),
)
WEEKLY: Final = (
    "Draw it: a box per step, an arrow for each thing that one makes and another needs. Which box has no arrow?",
    (
        "A step is called like a function, by names: `steps.cut(payments=…, test_from=test_from)`. What it made is "
        "`.outputs['train']`, or `.output` where it is one only. `clean_up` needs nothing, so say it: `.after(…)`."
    ),
    (
        "`parts = steps.cut(payments=steps.read(source=source).output, test_from=test_from)`; for each number of bands "
        "`model = steps.learn(train=parts.outputs['train'], bands=…)` and `steps.judge(model=model.output, "
        "test=parts.outputs['test'])`; `said = steps.announce(coarse=….output, fine=….output)`; "
        "`steps.clean_up().after(said)`."
    ),
)
GATE: Final = (
    "When does Python run your `if`: while the pipeline is drawn, or while it runs? What is known by then?",
    (
        "A condition that the running pipeline decides is a block: `with dsl.If(measured.output >= needed):`, and "
        "`with dsl.Else():` after it. `from kfp import dsl`."
    ),
    (
        "`measured = steps.measure(share=share)`; `with dsl.If(measured.output >= needed): steps.promote()`; "
        "`with dsl.Else(): steps.report(share=measured.output)`."
    ),
)
RETRAIN: Final = (
    "Three steps. What does `build_features` return, and who needs it? Which of the others must not begin early?",
    (
        "`train_model(task='fraud', facts_snapshot_id=…, seed=seed)` has several outputs; `build_features` too: its "
        "snapshot is `.outputs['Output']`. The gate takes nothing from the training, so it has to be told to wait."
    ),
    (
        "`built = components.build_features()`; `trained = components.train_model(task='fraud', "
        "facts_snapshot_id=built.outputs['Output'], seed=seed)`; `components.promote_model(task='fraud', "
        "seed=seed).after(trained)`."
    ),
)
