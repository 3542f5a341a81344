"""Training as a pipeline of Kubeflow: the steps as components, compiled, run here or on a cluster."""
