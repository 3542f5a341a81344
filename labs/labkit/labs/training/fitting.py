"""Exercise 2: a model that is better than the rules that serve today, by the margin that was agreed on before."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.training import past
from labkit.servers.unwarned import quietly
from labkit.spec import Passed

with quietly():
    from sklearn.exceptions import NotFittedError
    from sklearn.metrics import average_precision_score

    from services.training.examples import Part

MARGIN: Final = 0.10


def check(attempt: Attempt) -> Passed:
    """Have a model fitted, twice, and judge it on the test that it has never seen."""
    attempt.written()
    made = past.examples_of("fraud")
    scores, again = (scored(_fitted(attempt, made.train), made.test.features) for _ in range(2))
    if np.ptp(scores) == 0:
        raise WrongAnswerError(f"every payment has the score {scores[0]:.3f}: this model never looks at the payment")
    if not np.allclose(scores, again):
        raise WrongAnswerError("the same data gave two models: without `random_state` nobody can make yours again")
    own, rules = (float(average_precision_score(made.test.labels, one)) for one in (scores, past.rules()))
    if own <= rules:
        raise WrongAnswerError(
            f"its average precision is {own:.2f}, that of the rules, which cost nothing, {rules:.2f}"
        )
    if own < rules + MARGIN:
        raise WrongAnswerError(
            f"the model's average precision is {own:.2f}, the rules' {rules:.2f}: better, and by less than the margin "
            f"of {MARGIN:.2f} that was agreed on before"
        )
    return Passed(
        "better than the rules, by more than the margin",
        {
            "learnt from": f"{len(made.train.labels)} payments, {int(made.train.labels.sum())} of them fraud",
            "judged by": f"{len(made.test.labels)} later ones, {int(made.test.labels.sum())} of them fraud",
            "average precision": f"{own:.3f}; the rules {rules:.3f}; by chance {made.test.labels.mean():.3f}",
        },
    )


def _fitted(attempt: Attempt, part: Part) -> Any:  # noqa: ANN401 - a learner's model
    try:
        return attempt(part.features, part.labels)
    except WrongAnswerError as error:
        if isinstance(error.__cause__, ValueError) and "NaN" in str(error.__cause__):
            raise WrongAnswerError(
                "this kind of model cannot take what is unknown: NaN. There are some that can; do not write 0 for a "
                "guest of whom you know nothing"
            ) from None
        raise


def scored(model: Any, features: Any) -> NDArray[np.float64]:  # noqa: ANN401 - a learner's model
    """Return the probability of fraud. Raises `WrongAnswerError` if the model does not say one."""
    if not hasattr(model, "predict_proba"):
        raise WrongAnswerError(
            f"a {type(model).__name__} has no `predict_proba`: a yes or no cannot be weighed against a cost"
        )
    try:
        found = np.asarray(model.predict_proba(features), dtype=np.float64)
    except NotFittedError:
        raise WrongAnswerError(f"the {type(model).__name__} was never fitted: `model.fit(features, labels)`") from None
    return found[:, 1]
