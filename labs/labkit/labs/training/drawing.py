"""Pictures of lab 12: readable on JupyterLab's light and on its dark background; they have none of their own."""

from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from labkit.labs.training import deciding, past
from labkit.labs.training.fitting import scored
from labkit.panel import Panel
from labkit.picture import INK, MARK, OTHER, Picture, dress
from services.training.metrics import Ranking, calibration_error, reliability
from services.training.report import Report
from services.training.segments import SEGMENTS

LEAST_FRAUDS: Final = 5
AP: Final = "average precision"


def calibration(before: Any, after: Any) -> Picture:  # noqa: ANN401 - learners' models
    """Draw what two models say against what happened, in ten groups of equal size."""
    test = past.examples_of("fraud").test
    figure = Figure(figsize=(8, 3.4), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], linestyle=":", color=INK)
    lines = []
    for name, model, color in (("before", before, OTHER), ("after", after, MARK)):
        said, happened, _ = reliability(scored(model, test.features), test.labels)
        axes.plot(said, happened, marker="o", color=color, label=name)
        error = calibration_error(scored(model, test.features), test.labels)
        lines.append(
            f"{name}: said {said.max():.2f}, happened {happened[said.argmax()]:.2f} in the top tenth; error {error:.3f}"
        )
    dress(axes, "perfect is the dotted line", "share of fraud that it says", "that happened")
    axes.legend(frameon=False, labelcolor=INK)
    return Picture.of(figure, "\n".join(lines))


def costs(model: Any, chosen: float) -> Picture:  # noqa: ANN401 - a learner's model
    """Draw what each threshold would cost on the test, and where the chosen one lies."""
    test = past.examples_of("fraud").test
    scores = scored(model, test.features)
    grid = np.geomspace(max(float(scores.min()), 1e-4), 1, 120)
    each = [deciding.cost(float(one), scores, test.labels, test.amounts_usd) / len(test.labels) for one in grid]
    own = deciding.cost(chosen, scores, test.labels, test.amounts_usd) / len(test.labels)
    figure = Figure(figsize=(8, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(grid, each, color=OTHER)
    axes.plot([chosen], [own], "o", color=MARK)
    axes.annotate(f"yours: {own:.2f}", (chosen, own), color=MARK, xytext=(8, 10), textcoords="offset points")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    dress(axes, "US dollars a payment, on the test", "stop from this score on")
    return Picture.of(figure, f"threshold {chosen:.3f} costs {own:.2f} dollars a payment, the cheapest {min(each):.2f}")


def segments(model: Any, interval: Any) -> Picture:  # noqa: ANN401 - learners' answers
    """Draw the lead over the rules, on the whole and per segment, with the learner's intervals."""
    test = past.examples_of("fraud").test
    scores, rules = scored(model, test.features), past.rules()
    rows = []
    for name, chosen_in in {"all": lambda frame: np.ones(len(frame), dtype=bool), **SEGMENTS}.items():
        chosen = chosen_in(test.frame)
        frauds = int(test.labels[chosen].sum())
        if frauds < LEAST_FRAUDS:
            continue
        own, other = (Ranking(one[chosen], test.labels[chosen]) for one in (scores, rules))

        def lead(weights: Any, own: Ranking = own, other: Ranking = other) -> float:  # noqa: ANN401 - an array
            return own.average_precision(weights) - other.average_precision(weights)

        low, high = interval(lead, test.customers[chosen], past.SEED)
        rows.append((f"{name}, {frauds} frauds", lead(np.ones(int(chosen.sum()))), float(low), float(high)))
    figure = Figure(figsize=(8, 0.42 * len(rows) + 1.2), layout="constrained")
    axes = figure.subplots()
    for place, (_, value, low, high) in enumerate(rows):
        axes.plot([low, high], [place, place], color=OTHER, linewidth=3)
        axes.plot([value], [place], "o", color=MARK)
    axes.axvline(0, color=INK, linestyle=":")
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
    axes.invert_yaxis()
    dress(axes, f"{AP}: the lead over the rules, with 95 % intervals", "")
    text = "\n".join(f"{name}: {value:.2f} [{low:.2f}, {high:.2f}]" for name, value, low, high in rows)
    return Picture.of(figure, text)


def three(reports: dict[str, Report]) -> Panel:
    """Return the figures by which the three models are judged."""
    rows = [
        (
            task,
            f"{one.examples['train'][0]} / {one.examples['test'][0]}",
            one.primary.replace("_", " "),
            f"{one.figures['model'][one.primary].value:.2f}",
            f"{one.figures[one.baseline][one.primary].value:.2f} ({one.baseline})",
            f"{one.difference.value:+.2f} [{one.difference.low:+.2f}, {one.difference.high:+.2f}]",
            f"{one.margin:.2f}",
        )
        for task, one in reports.items()
    ]
    heading = ("task", "train / test", "metric", "model", "best baseline", "lead, 95 % interval", "margin")
    return Panel("Three models, judged", table=(heading, *rows))
