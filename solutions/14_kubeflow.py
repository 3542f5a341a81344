# %% [markdown]
# # Lab 14 · Kubeflow: training as a pipeline
#
# **Objective.** At the end you can cut a training into steps that run anywhere, say what goes between them and why, and
# let the pipeline decide while it runs. You have run the real training that way, and can say of a model in the registry
# on which rows it was trained.

# %%
import labkit
from labkit.labs.kubeflow import caching, payments, shown, steps

lab = labkit.start("14")

# %% [markdown]
# ## Story
#
# The café's models are trained every Monday, by hand, on somebody's laptop. One Monday it ran out of memory in the
# middle. One Monday somebody was on holiday. And when the auditors asked on which data the model of March was trained,
# nobody knew.
#
# Kubeflow Pipelines takes a training apart. Each step becomes a *component*: a function, with types for what goes in
# and comes out, and an image to run it in. A *pipeline* says what is made of what. On a cluster every step is a pod
# with memory of its own, the independent ones run side by side, and each run is kept, with everything that went in and
# came out. Here, kfp's own local runner starts a process for each step; the file that it runs is the one that a cluster
# would get.
#
# ```mermaid
# flowchart LR
#   F["your function"] -- "@dsl.component" --> C["its text + types + image"]
#   P["your pipeline"] -- "called once, to draw it" --> Y["YAML"]
#   C --> Y
#   Y --> L["local runner:<br/>a process per step"]
#   Y --> K["Kubernetes:<br/>a pod per step"]
# ```

# %%
half_a_year = payments.real()
print(f"{len(half_a_year)} payments, {half_a_year['fraud'].sum()} of them fraud")
half_a_year.head(3)

# %% [markdown]
# ## Exercise 1: a step that stands alone
#
# Write a step that returns the share of fraud in a table of payments. The table is an *artefact*: a file, which kfp has
# put at `payments.path` (Parquet, with a column `fraud`). Log the number of payments as the metric `payments`, so that
# whoever looks at the run sees it. On a day without payments the share is 0.
#
# **Predict.** This notebook has imported pandas. Has your step?

# %%
from kfp.dsl import Dataset, Input, Metrics, Output


@lab.exercise("fraud_share")
def fraud_share(payments: Input[Dataset], metrics: Output[Metrics]) -> float:
    """Return the share of fraud, from 0 to 1, and log the metric `payments`: how many there are."""
    ### BEGIN SOLUTION
    import pandas as pd  # noqa: PLC0415 - the function's text is all that its process has

    rows = pd.read_parquet(payments.path)
    metrics.log_metric("payments", len(rows))
    return float(rows["fraud"].mean()) if len(rows) else 0.0
    ### END SOLUTION


# %%
lab.check("fraud_share")

# %% [markdown]
# What kfp made of it. Your function's text is all that is left of this notebook. On a cluster, `image` is where pandas
# comes from.

# %%
shown.component(fraud_share)

# %% [markdown]
# ## Exercise 2: what goes between steps
#
# A *parameter* is a number or a few letters. It travels with the run, and is read in the UI. A table is not: a step
# writes it to a file, and the next one, in another pod on another machine, is told where. kfp chooses the place, and
# copies it to an object store; what you write elsewhere is gone with the pod.
#
# Cut the payments in two: what happened before `test_from` is for training, the rest for the test.
#
# **Predict.** Why is a random half no good here?

# %%
from kfp.dsl import Dataset, Input, Output


@lab.exercise("cut")
def cut(payments: Input[Dataset], test_from: str, train: Output[Dataset], test: Output[Dataset]) -> None:
    """Write the payments before `test_from` (ISO 8601) to `train`, the others to `test`; Parquet, all columns.

    Say in each one's `metadata`, under `rows`, how many there are.
    """
    ### BEGIN SOLUTION
    import pandas as pd  # noqa: PLC0415 - the function's text is all that its process has

    rows = pd.read_parquet(payments.path)
    late = rows["occurred_at"] >= pd.Timestamp(test_from)
    for part, chosen in ((train, ~late), (test, late)):
        rows[chosen].to_parquet(part.path)
        part.metadata["rows"] = int(chosen.sum())
    ### END SOLUTION


# %%
lab.check("cut")

# %% [markdown]
# ## Exercise 3: the order of things
#
# A pipeline looks like a function that calls the steps. It is not: kfp calls it once, with promises instead of values,
# to find out which step needs what of which. Nothing runs. The order in which the steps run later follows from that,
# and from nothing else.
#
# The café has these components: `steps.read(source)`, `steps.cut(payments, test_from)`, `steps.learn(train, bands)`,
# `steps.judge(model, test)`, `steps.announce(coarse, fine)` and `steps.clean_up()`. `learn` is a modest model: the
# share of fraud in each of so many bands of the amount. `judge` says which share of the frauds is in the tenth of the
# payments that looks worst.
#
# Draw this: read, cut, learn once with 4 bands and once with 20, judge both on the test, announce which found more
# (`coarse` is the one with 4), and at the very end clean up.
#
# **Predict.** Your lines stand in the right order. Which of the arrows are there because of that?

# %%
from labkit.labs.kubeflow import steps  # noqa: F811 - as above


@lab.exercise("weekly")
def weekly(source: str, test_from: str) -> None:
    """Draw the week's run. Call components by the names of their inputs: `steps.read(source=source)`."""
    ### BEGIN SOLUTION
    parts = steps.cut(payments=steps.read(source=source).output, test_from=test_from)
    found = {}
    for bands in (4, 20):
        model = steps.learn(train=parts.outputs["train"], bands=bands)
        found[bands] = steps.judge(model=model.output, test=parts.outputs["test"])
    said = steps.announce(coarse=found[4].output, fine=found[20].output)
    steps.clean_up().after(said)
    ### END SOLUTION


# %%
lab.check("weekly")

# %%
shown.drawing(weekly)

# %% [markdown]
# A Python `for` was fine: it is run while the pipeline is drawn, and draws two steps. What about an `if`?
#
# ## Exercise 4: a gate
#
# Only a model that finds enough becomes the champion. `steps.measure(share)` stands for the judge; its output is what
# the new model finds. If that is at least `needed`, `steps.promote()` is to run, otherwise `steps.report(share)`, which
# is told what was found.
#
# **Predict.** What happens with `if measured.output >= needed:`?

# %%
from kfp import dsl

from labkit.labs.kubeflow import steps  # noqa: F811 - as above


@lab.exercise("gate")
def gate(share: float, needed: float) -> None:
    """Draw the gate: measure, then promote or report."""
    ### BEGIN SOLUTION
    measured = steps.measure(share=share)
    with dsl.If(measured.output >= needed):
        steps.promote()
    with dsl.Else():
        steps.report(share=measured.output)
    ### END SOLUTION


# %%
lab.check("gate")

# %% [markdown]
# ## Exercise 5: the real one
#
# `services/pipelines/components.py` has the real training as components: `build_features()`,
# `train_model(task, facts_snapshot_id, seed)`, `promote_model(task, seed)`. They pass no tables: a step is told a
# *snapshot id* and reads Iceberg itself. So nothing large is copied, and of every model it is known on which rows it
# was trained, because a snapshot never changes.
#
# Draw the training of `fraud`: features, model, gate. The check runs it on the catalog and the registry; each of the
# three processes imports Feast and MLflow first, so give it half a minute.
#
# **Predict.** While it trains, a batch lands new payments in the lakehouse. Is the model trained on some of them?

# %%
from services.pipelines import components


@lab.exercise("retrain")
def retrain(seed: int) -> None:
    """Draw the training of `fraud`: build the features, train on the snapshot that they are of, let the gate decide."""
    ### BEGIN SOLUTION
    built = components.build_features()
    trained = components.train_model(task="fraud", facts_snapshot_id=built.outputs["Output"], seed=seed)
    components.promote_model(task="fraud", seed=seed).after(trained)
    ### END SOLUTION


# %%
lab.check("retrain")

# %% [markdown]
# That is `services/pipelines/pipeline.py`, but for the other two models and for what a cluster has to be told: memory,
# addresses, secrets. It is compiled to `services/pipelines/payment_models.yaml`, which is under version control; a test
# compiles it again and compares. A cluster gets exactly that file:
#
# ```
# python -m services.pipelines submit --host http://127.0.0.1:8080
# ```
#
# ## What broke
#
# Training is dear, so kfp remembers: a step with the same code and the same inputs is not run again, its earlier answer
# is taken. Fine, for a step that reads nothing but its inputs. This one counts the payments of a file, on Monday and,
# when more have come, on Tuesday.
#
# **Predict.** What does it say on Tuesday?

# %%
caching.two_days(snapshot=False)

# %% [markdown]
# The file's *name* is the input, and it is the same. Nothing failed, and everything after this step works with Monday's
# answer. Mended by telling the step what it reads, not only where:

# %%
caching.two_days(snapshot=True)

# %% [markdown]
# - **A name from the notebook** is known everywhere but where the step runs.
# - **A file beside the artefact** is there on your laptop, and gone on a cluster.
# - **Lines in the right order** are no order. An input is; `.after` is.
# - **A Python `if` on an output** asks a promise, and a promise is always true: everything is promoted.
# - **A cache** believes that a step reads nothing but its inputs. Ours read the lakehouse, so `train_model` is told the
#   snapshot, and the real pipeline caches nothing at all.
#
# ## What to read next
#
# - `services/pipelines/README.md`: the real pipeline, and what a cluster needs.
# - Kubeflow on [components](https://www.kubeflow.org/docs/components/pipelines/user-guides/components/),
#   [data](https://www.kubeflow.org/docs/components/pipelines/user-guides/data-handling/),
#   [control flow](https://www.kubeflow.org/docs/components/pipelines/user-guides/core-functions/control-flow/) and
#   [caching](https://www.kubeflow.org/docs/components/pipelines/user-guides/core-functions/caching/)

# %%
lab.progress()
