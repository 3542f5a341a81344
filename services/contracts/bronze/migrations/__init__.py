"""Alembic's folder: `env.py` is what it runs, `versions/` holds one file per migration."""
