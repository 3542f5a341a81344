"""The hints of this lab: each ladder leads from a question to nearly the code."""

from typing import Final

PART_OF: Final = (
    (
        "You stand at the first moment of the test and want to train. Of which payments do you know by then how they "
        "ended?"
    ),
    (
        "Of those that happened more than a horizon before. Those in between are in the gap: too late to learn from, "
        "too early to be judged by."
    ),
    (
        "`'train'` if `occurred_at + horizon < test_begins`, `'test'` if `test_begins <= occurred_at < test_ends`, "
        "else `None`."
    ),
)
FIT: Final = (
    "Most features are unknown for somebody: NaN. Which of scikit-learn's classifiers take that as it is?",
    (
        "`HistGradientBoostingClassifier`: trees, one after the other, each on what the ones before got wrong. Few "
        "frauds and many features: keep the trees small, and the leaves large. And give it a `random_state`."
    ),
    (
        "`HistGradientBoostingClassifier(max_iter=150, learning_rate=0.06, max_leaf_nodes=15, min_samples_leaf=40, "
        "random_state=7).fit(features, labels)`."
    ),
)
CALIBRATE: Final = (
    (
        "The order of the payments is good, the numbers are not. What could you learn from payments that the model "
        "has not seen?"
    ),
    (
        "`CalibratedClassifierCV` learns a curve from score to probability. It fits the model anew, too, unless that "
        "is wrapped in a `FrozenEstimator`."
    ),
    "`CalibratedClassifierCV(FrozenEstimator(model), method='sigmoid').fit(features, labels)`.",
)
THRESHOLD: Final = (
    "For one payment: what does it cost to stop it, if it is fraud, if it is not? What to let it go?",
    (
        "Every score that occurs is a candidate, and one above all of them, for stopping nobody. For each: stopped "
        "are `scores >= candidate`; add up what that costs; keep the cheapest."
    ),
    (
        "`stopped = 3 + np.where(frauds, 0, 0.05 * amounts_usd)`, `let_go = np.where(frauds, amounts_usd + 20, 0)`; "
        "`min(candidates, key=lambda t: np.where(scores >= t, stopped, let_go).sum())`, with candidates "
        "`[*np.unique(scores), 1.1]`; return a `float`."
    ),
)
INTERVAL: Final = (
    "Another half year would have had other customers. How could you make up such a half year from this one?",
    (
        "Draw as many customers as there are, with replacement. A payment's weight is how often its customer was "
        "drawn. Measure the difference under these weights; do it 200 times."
    ),
    (
        "`names, whose = np.unique(customers, return_inverse=True)`; then 200 times `drawn = "
        "np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))` and "
        "`difference(drawn[whose].astype(float))`; `np.percentile(found, [2.5, 97.5])`."
    ),
)
OBJECTIONS: Final = (
    (
        "Which reasons against a challenger are in the table above the exercise? For each: which field of "
        "`challenger` or `duel`?"
    ),
    (
        "Begin with an empty list and append a sentence for each thing that is wrong; never return early. With no "
        "champion, `duel` is None: then `challenger.reached` decides. Segments: `duel.champion_segments` are the "
        "champion's."
    ),
    (
        "`for name, was in duel.champion_segments.items(): if was.positives >= 30 and "
        "challenger.segments[name].primary < was.primary - 0.03: found.append(…)`; `duel.difference.value < 0.005`, "
        "`duel.difference.low <= 0`, `challenger.calibration_error > 0.03`."
    ),
)
