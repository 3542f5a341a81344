"""What a training run may vary."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.contracts.settings import PlatformSettings, Settings, state_dir


class MLflow(PlatformSettings):
    """The tracking server and registry."""

    model_config = SettingsConfigDict(env_prefix="MLFLOW_")
    tracking_uri: str = "http://127.0.0.1:5000"


class TrainingSettings(Settings):
    """`TRAINING_…` in the environment, else the defaults."""

    model_config = SettingsConfigDict(env_prefix="TRAINING_")
    seed: int = 7
    output_dir: Path = Field(default_factory=lambda: state_dir() / "training", description="cards and plots")
    history_events: int | None = Field(default=None, description="of the simulated history, to compare with the truth")
    history_seed: int = 7
    registry_prefix: str = Field(default="", description="before the models' names: a server may be shared")
    mlflow: MLflow = Field(default_factory=MLflow)
