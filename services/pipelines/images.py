"""The image that every component runs in on a cluster."""

from typing import Final

MODELS: Final = "lakehouse/models:0.1.0"
"""Built from `platform/images/Dockerfile`, target `models`: Python, the models' packages, and `services/`."""
