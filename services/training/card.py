"""The model card: what a person should know before they use the model, as Markdown."""

from services.training.report import Report
from services.training.splits import TimeSplit

QUESTIONS = {
    "fraud": "How likely is it that this payment will be reported as fraud within 30 days?",
    "churn": "How likely is it that this customer makes no payment within 35 days?",
    "retry": "How likely is it that trying this failed payment again after so long succeeds? When is it worth most?",
}


def markdown(report: Report, parts: TimeSplit, parameters: dict[str, str]) -> str:
    """Return the card. It names its plots by their file names."""
    verdict = "reached" if report.reached else "MISSED"
    lines = [
        f"# {report.task}",
        "",
        QUESTIONS[report.task],
        "",
        f"- **Primary metric**: {report.primary}.",
        f"- **Above the best baseline** ({report.baseline}) by {report.difference}; margin {report.margin}: {verdict}.",
        *(
            [f"- **Reach**: {report.reach:.0%} of the oracle's lead over that baseline."]
            if report.reach is not None
            else []
        ),
        f"- **Calibration error**: {report.calibration_error:.4f}.",
        *([f"- **Threshold by cost**: {report.threshold:.4f}."] if report.threshold is not None else []),
        f"- **Trained** from {parts.train:%F}, calibrated from {parts.validate:%F} to {parts.validated:%F}.",
        f"- **Tested** from {parts.test:%F} to {parts.tested:%F}.",
        *(f"- **{name}**: {value}." for name, value in parameters.items()),
        "",
        "| part | examples | positive |",
        "| --- | --- | --- |",
        *(f"| {name} | {count} | {positive} |" for name, (count, positive) in report.examples.items()),
        "",
        "| scorer | metric | value | 95 % interval |",
        "| --- | --- | --- | --- |",
        *(
            f"| {scorer} | {metric} | {found.value:.4f} | {found.low:.4f} to {found.high:.4f} |"
            for scorer, metrics in report.figures.items()
            for metric, found in metrics.items()
        ),
        "",
        "| segment | examples | positive | average precision |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {segment.examples} | {segment.positives} | {segment.primary:.4f} |"
            for name, segment in report.segments.items()
        ),
        "",
        "![reliability](reliability.png) ![precision and recall](precision_recall.png) ![importance](importance.png)",
        "",
        "**Limits.** The history is simulated. Labels are what was known within the horizon, not what was true.",
        "The model knows nothing of what came after: when behaviour changes, it is wrong until it is trained again.",
        "",
    ]
    return "\n".join(lines)
