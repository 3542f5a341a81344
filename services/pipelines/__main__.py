"""`python -m services.pipelines compile|run|submit`: the training pipeline as Kubeflow runs it."""

from typing import Annotated

import typer

from services.contracts import command
from services.contracts.settings import state_dir

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)

Seed = Annotated[int, typer.Option(help="Of everything random in training.")]


@app.command(name="compile")
def compile_() -> None:
    """Write the compiled pipeline to the file under version control."""
    from services.pipelines.compiling import COMPILED, compile_to  # noqa: PLC0415 - kfp takes seconds to import

    compile_to()
    typer.echo(f"written to {COMPILED}")


@app.command()
def run(seed: Seed = 7) -> None:
    """Run the compiled pipeline on this machine, by kfp's local runner."""
    from services.pipelines.running import run_locally  # noqa: PLC0415 - as above

    run_locally(seed, state_dir() / "pipelines")


@app.command()
def submit(
    host: Annotated[str, typer.Option(help="Kubeflow Pipelines' address.")] = "http://127.0.0.1:8080",
    namespace: Annotated[str, typer.Option(help="Where the run's pods start.")] = "kubeflow",
    seed: Seed = 7,
) -> None:
    """Start the compiled pipeline on a cluster."""
    from services.pipelines.running import submit as start  # noqa: PLC0415 - as above

    typer.echo(start(host, namespace, seed))


if __name__ == "__main__":
    command.run(app)
