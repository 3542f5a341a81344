"""The plots of a model card."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve

from services.training.metrics import Labels, reliability

Column = NDArray[np.float64]


def draw(folder: Path, scores: dict[str, Column], labels: Labels, importance: dict[str, float]) -> list[Path]:
    """Draw the model's reliability, precision and recall of all scorers, and what matters; return the files."""
    drawn = {
        "reliability.png": _reliability(scores["model"], labels),
        "precision_recall.png": _precision_recall(scores, labels),
        "importance.png": _importance(importance),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in drawn.items():
        figure.savefig(folder / name, dpi=100, metadata={"Software": None})
    return [folder / name for name in drawn]


def _reliability(scores: Column, labels: Labels) -> Figure:
    figure = Figure(figsize=(5, 4), layout="tight")
    axes = figure.subplots()
    said, true, _ = reliability(scores, labels)
    top = float(max(said.max(), true.max())) * 1.05
    axes.plot([0, top], [0, top], linestyle=":", color="grey", label="perfect")
    axes.plot(said, true, marker="o", label="model, ten equal bins")
    axes.set(xlabel="predicted", ylabel="happened", title="Reliability")
    axes.legend()
    return figure


def _precision_recall(scores: dict[str, Column], labels: Labels) -> Figure:
    figure = Figure(figsize=(5, 4), layout="tight")
    axes = figure.subplots()
    for name, score in scores.items():
        precision, recall, _ = precision_recall_curve(labels, score)
        axes.plot(recall, precision, label=name)
    axes.set(xlabel="recall", ylabel="precision", title="Precision and recall", ylim=(0, 1.02))
    axes.legend()
    return figure


def _importance(importance: dict[str, float]) -> Figure:
    figure = Figure(figsize=(6, 4), layout="tight")
    axes = figure.subplots()
    names = list(reversed(importance))
    axes.barh(names, [importance[name] for name in names])
    axes.set(xlabel="fall of the average precision when shuffled", title="What matters")
    return figure
