"""What the platform cannot see and a model can learn: the truth behind the events, one file of parameters each."""
