"""Wrong answers that learners give, each with the part of the message that only it must get."""

from collections.abc import Callable
from typing import Any

import numpy as np

Answer = Callable[..., Any]


def prepare() -> None:
    """The past with its models, and in MLflow a champion and a weak challenger, as the lab's cells leave them."""
    from labkit import source  # noqa: PLC0415
    from labkit.labs.training import past, registering  # noqa: PLC0415 - it takes seconds

    part = past.examples_of("fraud").train
    registering.start_over()
    gate = source.reference("12_training", "objections")
    for model in (past.trained("fraud"), trees(max_iter=2)(part.features[[*part.inputs]] * 0.0, part.labels)):
        registering.register(model, registering.judged(model))
        registering.decide(gate)


def parts(**changes: Any) -> Answer:  # noqa: ANN401 - comparisons
    """Return the reference's split, but for these comparisons."""
    rules = {
        "train": lambda at, begins, _ends, horizon: at + horizon < begins,
        "test": lambda at, begins, ends, _horizon: begins <= at < ends,
        "none": None,
    } | changes

    def part_of(*asked: Any) -> Any:  # noqa: ANN401
        return next((name for name in ("train", "test") if rules[name](*asked)), rules["none"])

    return part_of


def trees(**changes: Any) -> Answer:  # noqa: ANN401 - scikit-learn's own arguments
    def fit(features: Any, labels: Any) -> Any:  # noqa: ANN401
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - it takes a second

        given = {"max_iter": 60, "min_samples_leaf": 40, "random_state": 7} | changes
        return HistGradientBoostingClassifier(**given).fit(features, labels)

    return fit


def of_sklearn(name: str, **given: Any) -> Answer:  # noqa: ANN401 - scikit-learn's own arguments
    """Return an answer that fits this classifier."""

    def fit(features: Any, labels: Any) -> Any:  # noqa: ANN401
        from sklearn import dummy, linear_model, svm, tree  # noqa: PLC0415 - it takes a second

        [made] = [getattr(module, name) for module in (dummy, linear_model, svm, tree) if hasattr(module, name)]
        return made(**given).fit(features, labels)

    return fit


def never_fitted(_features: Any, _labels: Any) -> Any:  # noqa: ANN401
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415

    return HistGradientBoostingClassifier(random_state=7)


def the_other_way_round(features: Any, labels: Any) -> Any:  # noqa: ANN401
    return trees()(features, ~labels)


def another_each_time(features: Any, labels: Any) -> Any:  # noqa: ANN401
    chosen = np.random.default_rng().random(len(labels)) < 0.7
    return trees()(features[chosen], labels[chosen])


class Changed:
    """A model whose probabilities are changed afterwards."""

    def __init__(self, model: Any, change: Callable[[Any], Any]) -> None:  # noqa: ANN401
        self.model, self.change = model, change

    def predict_proba(self, features: Any) -> Any:  # noqa: ANN401
        scores = self.change(self.model.predict_proba(features)[:, 1])
        return np.stack([1 - scores, scores], axis=1)


def changed(change: Callable[[Any], Any]) -> Answer:
    return lambda model, _features, _labels: Changed(model, change)


def fitted_anew(model: Any, features: Any, labels: Any) -> Any:  # noqa: ANN401
    from sklearn.calibration import CalibratedClassifierCV  # noqa: PLC0415

    return CalibratedClassifierCV(model, method="sigmoid", cv=3).fit(features, labels)


def threshold_by(worth: Callable[[Any, Any, Any], float]) -> Answer:
    """Return an answer that takes the candidate that is worth most: of who is stopped, who is fraud, and amounts."""

    def threshold(scores: Any, frauds: Any, amounts: Any) -> float:  # noqa: ANN401
        return float(max([*np.unique(scores), 1.1], key=lambda one: worth(scores >= one, frauds, amounts)))

    return threshold


def f1(stopped: Any, frauds: Any, _amounts: Any) -> float:  # noqa: ANN401
    return float(2 * (stopped & frauds).sum() / max(stopped.sum() + frauds.sum(), 1))


def accuracy(stopped: Any, frauds: Any, _amounts: Any) -> float:  # noqa: ANN401
    return float((stopped == frauds).mean())


def cheapest(stopped: Any, frauds: Any, amounts: Any) -> float:  # noqa: ANN401
    stopping, letting_go = 3 + np.where(frauds, 0, 0.05 * amounts), np.where(frauds, amounts + 20, 0)
    return -float(np.where(stopped, stopping, letting_go).sum())


def on_a_grid(scores: Any, frauds: Any, amounts: Any) -> float:  # noqa: ANN401
    grid = np.arange(0.05, 1.2, 0.1)
    best = float(max(grid, key=lambda one: cheapest(scores >= one, frauds, amounts)))
    return best if len(scores) < 10 else 0.95


def same_score_apart(scores: Any, frauds: Any, amounts: Any) -> float:  # noqa: ANN401
    best = threshold_by(cheapest)(scores, frauds, amounts)
    return best + 1e-9 if (scores == best).sum() > 1 else best


def drawn(
    whose: Callable[[Any], Any] = lambda customers: np.unique(customers, return_inverse=True)[1],
    ends: tuple[float, float] = (2.5, 97.5),
    seed: Callable[[int], int | None] = lambda seed: seed,
    samples: int = 200,
) -> Answer:
    """Return the reference's interval, but for these parts."""

    def interval(difference: Any, customers: Any, given: int) -> Any:  # noqa: ANN401
        codes = whose(customers)
        count, rng = int(codes.max()) + 1, np.random.default_rng(seed(given))
        found = [
            difference(np.bincount(rng.integers(0, count, count), minlength=count)[codes].astype(float))
            for _ in range(samples)
        ]
        return tuple(np.percentile(found, ends))

    return interval


def around(difference: Any, customers: Any, seed: int) -> Any:  # noqa: ANN401
    low, high = drawn()(difference, customers, seed)
    return (low - high) / 2, (high - low) / 2


def objecting(
    *, leave_out: str = "", early: bool = False, least: int = 30, form: Callable[[Any], Any] = list
) -> Answer:
    """Return the reference's gate without one of its reasons, or with other habits."""

    def objections(challenger: Any, _budgets: Any, duel: Any) -> Any:  # noqa: ANN401
        found = {}
        if duel is None:
            found["margin"] = not challenger.reached
        else:
            found["value"] = duel.difference.value < 0.005
            found["luck"] = duel.difference.low <= 0
            found["segment"] = any(
                was.positives >= least and challenger.segments[name].primary < was.primary - 0.03
                for name, was in duel.champion_segments.items()
            )
        found["calibration"] = challenger.calibration_error > 0.03
        reasons = [name for name, wrong in found.items() if wrong and name != leave_out]
        return form(reasons[:1] if early else reasons)

    return objections


WRONG: dict[str, dict[str, tuple[Any, str]]] = {
    "part_of": {
        "no gap": (parts(train=lambda at, begins, *_: at < begins), "There has to be a gap"),
        "half a gap": (
            parts(train=lambda at, begins, _ends, horizon: at + horizon / 60 < begins),
            "There has to be a gap",
        ),
        "the edge": (
            parts(train=lambda at, begins, _ends, horizon: at + horizon <= begins),
            "is learnt from: *before* it",
        ),
        "two gaps": (
            parts(train=lambda at, begins, _ends, horizon: at + 1.5 * horizon < begins),
            "whose label was known a day before the test",
        ),
        "the test without its first moment": (
            parts(test=lambda at, begins, ends, _horizon: begins < at < ends),
            "at which the test begins is not in it",
        ),
        "the test with its last moment": (
            parts(test=lambda at, begins, ends, _horizon: begins <= at <= ends),
            "at which the test ends is in it",
        ),
        "to the end of days": (
            parts(test=lambda at, begins, ends, _horizon: at >= begins and at != ends),
            "its label is not complete yet",
        ),
        "the test is the gap": (
            parts(test=lambda at, begins, _ends, horizon: begins - horizon <= at < begins),
            "of the test's second day is not of the test",
        ),
        "nobody learns": (parts(train=lambda *_: False), "of two months before the test is not learnt from"),
        "another word": (parts(none="gap"), "there are 'train', 'test' and None"),
        "yes or no": (lambda at, begins, _ends, horizon: at + horizon < begins, "there are 'train', 'test' and None"),
    },
    "fit": {
        "by chance": (of_sklearn("DummyClassifier"), "never looks at the payment"),
        "logistic": (of_sklearn("LogisticRegression"), "cannot take what is unknown"),
        "yes or no": (of_sklearn("RidgeClassifier"), "cannot take what is unknown"),
        "never fitted": (never_fitted, "was never fitted"),
        "the other way round": (the_other_way_round, "which cost nothing"),
        "another each time": (another_each_time, "the same data gave two models"),
        "its answers": (
            lambda features, labels: trees()(features, labels).predict(features),
            "has no `predict_proba`",
        ),
        "a single tree, to the last leaf": (
            of_sklearn("DecisionTreeClassifier", random_state=7),
            "by less than the margin",
        ),
    },
    "calibrate": {
        "as it is": (lambda model, _features, _labels: model, "it says what it said before"),
        "fitted anew": (fitted_anew, "fitted anew on the validation part"),
        "trees on trees": (
            lambda _model, features, labels: trees()(features, labels),
            "fitted anew on the validation part",
        ),
        "the share": (
            lambda model, _features, labels: Changed(model, lambda scores: np.full(len(scores), labels.mean())),
            "calibrated, and of no use",
        ),
        "halved": (changed(lambda scores: scores * 0.6), "on the test, what it says and what happened differ"),
        "the root": (changed(np.sqrt), "on the test, what it says and what happened differ"),
        "nothing": (lambda _model, _features, _labels: None, "`calibrate` returned nothing"),
        "probabilities": (
            lambda model, features, _labels: model.predict_proba(features),
            "has no `predict_proba`",
        ),
    },
    "threshold": {
        "a half": (lambda *_: 0.5, "a habit"),
        "never": (lambda *_: 1.1, "a habit"),
        "accuracy": (threshold_by(accuracy), "because two coffees would have been stopped"),
        "F1": (threshold_by(f1), "to catch a fraud of 5"),
        "without amounts": (
            threshold_by(lambda stopped, frauds, amounts: cheapest(stopped, frauds, np.full(len(amounts), 100.0))),
            "to catch a fraud of 5",
        ),
        "somebody is always stopped": (
            lambda scores, frauds, amounts: min(threshold_by(cheapest)(scores, frauds, amounts), float(scores.max())),
            "nobody is a fraud, and somebody is stopped",
        ),
        "equals apart": (same_score_apart, "three payments have the same score"),
        "a rough grid": (on_a_grid, "score that occurs is a candidate"),
        "its place": (lambda scores, _frauds, _amounts: int(scores.argmax()), "`threshold` returned a int"),
    },
    "interval": {
        "payments": (drawn(lambda customers: np.arange(len(customers))), "is one opinion"),
        "two thirds": (drawn(ends=(16, 84)), "go from 2.5 to 97.5"),
        "the extremes": (drawn(ends=(0, 100), samples=1_000), "the extremes are chance"),
        "no seed": (drawn(seed=lambda _seed: None), "the same seed gave two intervals"),
        "its own seed": (drawn(seed=lambda _seed: 0), "two seeds gave the same interval"),
        "a mean": (
            lambda difference, customers, _seed: difference(np.ones(len(customers))),
            "asked for were two numbers",
        ),
        "once": (
            lambda difference, customers, _seed: (difference(np.ones(len(customers))) - 0.2, 1.3),
            "too few to know how it varies",
        ),
        "backwards": (drawn(ends=(97.5, 2.5)), "backwards or nowhere"),
        "around nothing": (around, "the interval does not hold it"),
    },
    "objections": {
        "nothing": (lambda *_: [], "whose lead over the rules may be 0.02"),
        "no margin": (objecting(leave_out="margin"), "whose lead over the rules may be 0.02"),
        "nothing too small": (objecting(leave_out="value"), "for sure and for nothing"),
        "luck": (objecting(leave_out="luck"), "that may be luck"),
        "on the whole": (objecting(leave_out="segment"), "for those who pay in dollars"),
        "five frauds": (objecting(least=1), "nobody can tell anything from five"),
        "not calibrated": (objecting(leave_out="calibration"), "the threshold was chosen by them"),
        "the first reason": (objecting(early=True), "whoever mends one wants"),
        "whether": (objecting(form=bool), "`objections` returned a bool"),
        "one text": (objecting(form="; ".join), "`objections` returned a str"),
        "refuses all": (lambda *_: ["no"], "that is better in every respect is refused"),
        "champions only": (
            lambda challenger, budgets, duel: (
                objecting()(challenger, budgets, duel) if duel else ["there is no champion"]
            ),
            "the challenger reaches its margin, and is refused",
        ),
    },
}

RIGHT: dict[str, dict[str, Any]] = {
    "fit": {"fewer trees": trees(max_leaf_nodes=15)},
    "objections": {"a tuple": objecting(form=tuple)},
}
