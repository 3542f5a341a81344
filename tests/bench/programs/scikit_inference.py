"""The inference service with a scikit-learn model in the place of the fraud rules."""

from dataclasses import replace

from services.contracts.logs import configure
from services.inference.bootstrap import baseline, bootstrap
from services.inference.settings import InferenceSettings
from tests.bench.scikit_model import ScikitFraudModel, trained

if __name__ == "__main__":
    configure("scikit-inference")
    models = replace(baseline(), fraud=ScikitFraudModel(trained()))
    bootstrap(InferenceSettings(), models=models).run()
