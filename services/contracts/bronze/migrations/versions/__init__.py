"""The migrations, oldest first. Each spells its schema out: a later change of `tables.py` must not change history."""
