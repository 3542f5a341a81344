"""The pipeline as YAML, which is what is versioned, run and submitted."""

from pathlib import Path
from typing import Final

from kfp import compiler

from services.pipelines.pipeline import payment_models

COMPILED: Final = Path(__file__).with_name("payment_models.yaml")


def compile_to(file: Path = COMPILED) -> None:
    """Write the compiled pipeline. The same code gives the same bytes."""
    compiler.Compiler().compile(payment_models, str(file))
