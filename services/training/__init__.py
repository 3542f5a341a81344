"""Training: three models from the marts' history, judged against baselines and the simulator's truth."""
