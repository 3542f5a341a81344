# %% [markdown]
# # Lab 12 · Training: is it any good?
#
# **Objective.** At the end you have trained a model and know whether it may go to the counter: what it beats, by how
# much, how sure that is, what it costs, and for whom it is worse. And there is a gate that asks all of it of the next
# one.

# %%
import labkit
from labkit.labs.training import drawing, past, registering

lab = labkit.start("12")

# %% [markdown]
# ## Story
#
# Three questions are asked at the counter, and rules answer them today. Is this payment **fraud**? Will this guest
# **stay away**? A charge has failed: when to **try again**? Half a year of a small chain is in the lakehouse, with
# features as they were known (lab 11). Three models are to be better than the rules. "Better" was written down before
# anybody trained anything: by 0.10 in average precision for fraud, by 0.05 for churn, by 5 % of the value for retries.
#
# ```mermaid
# flowchart LR
#   F[("features<br/>as of their time")] --> T["train"] --> M["model"]
#   F --> V["validate:<br/>calibrate, choose a threshold"] --> M
#   M --> G{"test, after a gap:<br/>the gate"}
#   G -- "better, for sure,<br/>for everybody" --> C["MLflow: champion"]
#   G -- "reasons" --> X["refused"]
# ```
#
# Frauds are rare, one payment in sixty: whoever says "never" is right in 98 of 100. So nobody counts how often a model
# is right. *Average precision* asks: of those that it puts on top, how many are frauds? By chance 0.02, at best 1.

# %%
registering.start_over()
fraud = past.examples_of("fraud")
for name, part in (("train", fraud.train), ("validate", fraud.validate), ("test", fraud.test)):
    print(f"{name}: {len(part.labels)} payments, {part.labels.sum()} of them fraud, {len(part.inputs)} features")

# %% [markdown]
# ## Exercise 1: the past and the future
#
# Who shuffles before splitting learns from Tuesday to foretell Monday. So: train on what was before, test on what came
# after. But that a payment was fraud is told by a report up to thirty days later, the *horizon*. On the first day of
# the test, of which payments do we know how they ended?
#
# **Predict.** The test begins on 1 June. May a payment of 20 May be learnt from?

# %%
from datetime import datetime, timedelta


@lab.exercise("part_of")
def part_of(occurred_at: datetime, test_begins: datetime, test_ends: datetime, horizon: timedelta) -> str | None:
    """Return `'train'` for what may be learnt from, `'test'` for what is judged by, None for neither.

    A label is complete a horizon after the payment. Of what is learnt from, it must be so before the test begins.
    """
    ### BEGIN SOLUTION
    if occurred_at + horizon < test_begins:
        return "train"
    return "test" if test_begins <= occurred_at < test_ends else None
    ### END SOLUTION


# %%
lab.check("part_of")

# %% [markdown]
# ## Exercise 2: beat the rules
#
# The rules have no idea of a guest's usual amount, and they have an average precision that is not bad. Yours has to be
# above by 0.10, on a test that it has never seen. `features` is a frame of numbers, NaN where nothing is known.
#
# **Predict.** How far do you get with a hundred frauds to learn from?

# %%
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier


@lab.exercise("fit")
def fit(features: pd.DataFrame, labels: np.ndarray) -> Any:  # noqa: ANN401 - any of scikit-learn's
    """Return a fitted classifier of scikit-learn's, with `predict_proba`; the same data give the same model."""
    ### BEGIN SOLUTION
    trees = HistGradientBoostingClassifier(
        max_iter=150, learning_rate=0.06, max_leaf_nodes=15, min_samples_leaf=40, l2_regularization=5.0, random_state=7
    )
    return trees.fit(features, labels)
    ### END SOLUTION


# %%
lab.check("fit")

# %% [markdown]
# ## Exercise 3: mean what you say
#
# A colleague told his trees that a fraud weighs as much as all honest payments together (`class_weight="balanced"`).
# They put the right payments on top, and shout: fraud is one payment in seven, they say, and it is one in fifty-five.
# An order is enough for a list. For a decision about money it takes a probability.
#
# The validation part is later than what they learnt from, and earlier than the test. From it, learn the curve from
# score to probability, and leave the trees as they are.
#
# **Predict.** Does the average precision change?

# %%
from typing import Any

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator


@lab.exercise("calibrate")
def calibrate(model: Any, features: pd.DataFrame, labels: np.ndarray) -> Any:  # noqa: ANN401 - as above
    """Return a model whose `predict_proba` says of these payments what happened; `model` is not fitted again."""
    ### BEGIN SOLUTION
    return CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid").fit(features, labels)
    ### END SOLUTION


# %%
lab.check("calibrate")

# %%
loud = past.overconfident()
drawing.calibration(loud, calibrate(loud, fraud.validate.features, fraud.validate.labels))

# %% [markdown]
# It did not: a curve that only rises keeps the order. Now your own model, calibrated, is the one to go on with.

# %%
model = calibrate(fit(fraud.train.features, fraud.train.labels), fraud.validate.features, fraud.validate.labels)

# %% [markdown]
# ## Exercise 4: from which score on?
#
# | | it was fraud | it was honest |
# | --- | --- | --- |
# | stopped | 3 dollars for the review | 3 dollars, and 5 % of the amount: some guests do not come back |
# | let go | the amount, and 20 dollars for the dispute | nothing |
#
# **Predict.** A fraud is one payment in sixty. Is the cheapest threshold above 0.5 or below?

# %%
import numpy as np


@lab.exercise("threshold")
def threshold(scores: np.ndarray, frauds: np.ndarray, amounts_usd: np.ndarray) -> float:
    """Return the score from which on (`>=`) stopping a payment costs least in all; above every score to stop none."""
    ### BEGIN SOLUTION
    stopped = 3 + np.where(frauds, 0, 0.05 * amounts_usd)
    let_go = np.where(frauds, amounts_usd + 20, 0)
    candidates = [*np.unique(scores), 1.1]
    return float(min(candidates, key=lambda one: np.where(scores >= one, stopped, let_go).sum()))
    ### END SOLUTION


# %%
lab.check("threshold")

# %%
validate = fraud.validate
chosen = threshold(model.predict_proba(validate.features)[:, 1], validate.labels, validate.amounts_usd)
drawing.costs(model, chosen)

# %% [markdown]
# It was chosen on the validation part, and is shown on the test: so it is not quite the cheapest there. Whoever
# chooses on the test knows nothing any more about the day after.
#
# ## Exercise 5: how sure?
#
# A test with some fifty frauds is a small one. With other guests, the lead would have been another. The *bootstrap*
# makes up other half-years from this one: draw guests, with replacement, each with all of their payments; measure
# again; two hundred times. The middle 95 % is the interval.
#
# **Predict.** Why guests, and not payments?

# %%
from collections.abc import Callable

import numpy as np


@lab.exercise("interval")
def interval(difference: Callable[[np.ndarray], float], customers: np.ndarray, seed: int) -> tuple[float, float]:
    """Return the lower and the upper end of the 95 % interval of `difference(weights)`.

    `customers` says whose each payment is; `weights` has a number for each payment: how often it counts.
    """
    ### BEGIN SOLUTION
    names, whose = np.unique(customers.astype(str), return_inverse=True)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(200):
        drawn = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))
        found.append(difference(drawn[whose].astype(float)))
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)
    ### END SOLUTION


# %%
lab.check("interval")

# %% [markdown]
# With it, the lead of your model over the rules, on the whole and for each segment with five frauds or more. (The
# payments of one guest resemble each other. To draw them one by one is to ask one guest sixteen times, and to call it
# a survey.)

# %%
drawing.segments(model, interval)

# %% [markdown]
# ## Three models, judged
#
# The other two are made in the same way, by the real service, `services/training`, and judged by its judge.
#
# **Predict.** Fraud had a hundred positives to learn from, churn has four times as many, retry three hundred tries in
# all. Which of the three will reach its margin?

# %%
report = registering.judged(model)
reports = {"fraud": report, **{task: registering.judged(past.trained(task), task) for task in ("churn", "retry")}}
drawing.three(reports)

# %% [markdown]
# A margin counts as reached if the *lower* end of the interval reaches it. So one model may go on, and two may not:
#
# - **fraud** is better than the rules, and would be with other guests, too;
# - **churn** may be better. The interval holds the margin and holds nothing, and from here nobody can tell;
# - **retry** has seen three hundred random tries, and its choices bring less than those of the rules, as far as
#   anybody can tell. Leave it.
#
# That is no verdict on the methods: with a million events, and the same code, it is another test (`make train`). It is
# a verdict on what may be served *today*. "Not yet" is a result.
#
# ## Exercise 6: the gate
#
# Your fraud model goes into the registry, as a *challenger*: with its figures, its card and plots, and the test that
# it was judged on. What is served is the *champion*. From one to the other leads a gate that nobody can talk to:
#
# | against a challenger | |
# | --- | --- |
# | there is no champion, and the margin over the rules is not reached | `challenger.reached` |
# | there is one, and it is better by less than 0.005 | `duel.difference.value` |
# | the interval of this difference does not lie above 0 | `duel.difference.low` |
# | a segment with 30 frauds or more is worse by more than 0.03 | `challenger.segments`, `duel.champion_segments` |
# | what it says and what happens differ by more than 0.03 | `challenger.calibration_error` |
#
# A segment has `examples`, `positives` and `primary`, its average precision. `duel` is None without a champion.
#
# **Predict.** Better on the whole, worse for those who pay in dollars: how can that be?

# %%
from typing import Any


@lab.exercise("objections")
def objections(challenger: Any, budgets: Any, duel: Any) -> list[str]:  # noqa: ANN401, ARG001 - what the real gate takes
    """Return every reason against making the challenger the champion, a sentence each; none if it may be.

    `budgets` (milliseconds and MiB) is for the real gate; here nobody looks at it.
    """
    ### BEGIN SOLUTION
    found = []
    if duel is None and not challenger.reached:
        found.append(
            f"its lead over {challenger.baseline}, {challenger.difference}, does not reach {challenger.margin}"
        )
    if duel is not None:
        if duel.difference.value < 0.005:  # noqa: PLR2004 - as in the table
            found.append(f"it is better by {duel.difference.value:.4f}, less than 0.005")
        if duel.difference.low <= 0:
            found.append(f"the interval of the difference, {duel.difference}, does not lie above 0")
        for name, was in duel.champion_segments.items():
            worse = was.primary - challenger.segments[name].primary
            if was.positives >= 30 and worse > 0.03:  # noqa: PLR2004 - as above
                found.append(f"on the segment {name} it is worse by {worse:.4f}")
    if challenger.calibration_error > 0.03:  # noqa: PLR2004 - as above
        found.append(f"its calibration error is {challenger.calibration_error:.4f}")
    return found
    ### END SOLUTION


# %% [markdown]
# Your gate decides now, inside the real service's `promote`. First your own model:

# %%
registering.register(model, report)
registering.decide(objections)

# %% [markdown]
# ## What broke
#
# Next quarter somebody trains anew. The job finishes, all is green, and the file has a model in it. Only that a join
# went wrong, and every feature but the amount arrived as 0.

# %%
blind = fraud.train.features.copy()
blind[[name for name in blind.columns if name != "amount_log_usd"]] = 0.0
weak = calibrate(
    HistGradientBoostingClassifier(max_iter=20, random_state=7).fit(blind, fraud.train.labels),
    fraud.validate.features,
    fraud.validate.labels,
)
registering.register(weak, registering.judged(weak))
registering.decide(objections)

# %%
lab.check("objections")

# %% [markdown]
# Mended by doing nothing: the champion is served on, and the reasons are written on the version, in MLflow, for whoever
# trained it. Open MLflow's own page (its link is in this lab's first panel): Models, `lab12-fraud`, and see aliases,
# figures, card and plots beside each other.
#
# - **A random split** tests how well a model remembers. Time is the only honest examiner.
# - **Without a gap** it learns from labels that nobody had yet.
# - **0.5** is a threshold for who pays the same for every mistake. Nobody does.
# - **A mean without an interval** is a rumour; one over payments of the same guests is a rumour that was repeated.
# - **A gate with one figure** lets in whoever is better on average, at somebody's expense.
#
# ## What to read next
#
# - `services/training/README.md`: margins, costs and the gate, written before the first training run. `gate.py` beside
#   it has the real rule, with budgets for time and size.
# - scikit-learn on [calibration](https://scikit-learn.org/stable/modules/calibration.html) and on
#   [decision thresholds](https://scikit-learn.org/stable/modules/classification_threshold.html)
# - MLflow on [the model registry](https://mlflow.org/docs/latest/ml/model-registry/)
# - [Model Cards for Model Reporting](https://arxiv.org/abs/1810.03993), Mitchell and others

# %%
lab.progress()
