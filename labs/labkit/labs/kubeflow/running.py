"""kfp's own local runner, asked quietly: which steps ran, what each returned, and what a failed one said."""

import contextlib
import io
import json
import re
import tempfile
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from labkit.errors import WrongAnswerError
from labkit.servers.unwarned import quietly

with quietly():
    from kfp import compiler, dsl, local

IMAGE: Final = "python:3.12"
"""What the lab's components name; the local runner uses this kernel's Python instead."""
_FAILED: Final = re.compile(r"Task (?:\x1b\[\d+m)?'([\w-]+)'(?:\x1b\[0m)? finished with status (?:\x1b\[\d+m)?FAILURE")
_RAISED: Final = re.compile(r"^ *((?:\w+\.)*\w+(?:Error|Exception|Interrupt): .*)$", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """A step that ended well: its output parameters, and the metadata of its output artefacts, by name."""

    outputs: Mapping[str, Any]
    metadata: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Run:
    """What a run did.

    Attributes:
        steps: those that ran and ended well, by name, in that order; none of which the cache had the answer.
        failed: the step that did not, or an empty string.
        said: the failed step's own last words: the exception.
    """

    steps: Mapping[str, Step]
    failed: str = ""
    said: str = ""


def as_component(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - kfp has no types
    """Return a function as a component. Raises `WrongAnswerError` in kfp's words where it cannot be one."""
    try:
        with quietly():
            return dsl.component(function, base_image=IMAGE, install_kfp_package=False)
    except (TypeError, ValueError, AttributeError) as error:
        raise WrongAnswerError(f"kfp makes no component of `{function.__name__}`: {_in_short(error)}") from error


def as_pipeline(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - kfp has no types
    """Return a function as a pipeline; kfp calls it. Raises `WrongAnswerError` in kfp's words where it is none."""
    try:
        with quietly():
            return dsl.pipeline(function, name=function.__name__.replace("_", "-"))
    except Exception as error:  # whatever the learner's function raises while kfp calls it
        words = f"{type(error).__name__}: {_in_short(error)}"
        raise WrongAnswerError(
            f"kfp calls `{function.__name__}` once, to draw the pipeline, and got {words}"
        ) from error


def compiled(pipeline: Any) -> dict[str, Any]:  # noqa: ANN401 - kfp has no types
    """Return a pipeline, or a component, as the document that it is compiled to."""
    with tempfile.TemporaryDirectory() as folder, quietly():
        file = Path(folder) / "pipeline.yaml"
        compiler.Compiler().compile(pipeline, str(file))
        found: dict[str, Any] = next(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    return found


def run(pipeline: Any, cache_in: Path | None = None, **arguments: Any) -> Run:  # noqa: ANN401 - as above
    """Run a pipeline, each step as a process of its own.

    Args:
        pipeline: of `as_pipeline`.
        cache_in: where earlier answers are kept; by default there are none.
        **arguments: the pipeline's parameters.
    """
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as root, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            local.init(
                runner=local.SubprocessRunner(use_venv=False),
                pipeline_root=root,
                raise_on_error=False,
                enable_caching=cache_in is not None,
                cache_root=str(cache_in) if cache_in else None,
            )
            pipeline(**arguments)
        steps = {file.parent.name: _step(file) for file in _outputs(Path(root))}
    log = said.getvalue()
    failed = _FAILED.search(log)
    words = _RAISED.findall(log)
    return Run(
        steps,
        failed[1] if failed else "",
        words[-1].rpartition("errors.")[2] if failed and words else "",
    )


def _outputs(root: Path) -> list[Path]:
    return sorted(root.glob("*/*/executor_output.json"), key=lambda file: file.stat().st_mtime_ns)


def _step(file: Path) -> Step:
    told = json.loads(file.read_text(encoding="utf-8"))
    artifacts = {name: held["artifacts"][0].get("metadata", {}) for name, held in told.get("artifacts", {}).items()}
    return Step(told.get("parameterValues", {}), artifacts)


def ended(done: Run) -> Run:
    """Return the run if all of it ended well. Raises `WrongAnswerError` in the failed step's own words."""
    if done.failed:
        raise WrongAnswerError(f"in its own process the step `{done.failed}` failed: {done.said}")
    return done


def _in_short(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
