"""`lakehouse mentor DIR`: who of a class is where, for how long, on which hint, and which mistakes are common.

Reads the logs that learners chose to share (`.lakehouse/progress.jsonl`, one JSON object per line).
"""
