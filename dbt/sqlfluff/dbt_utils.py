# ruff: noqa: INP001 - sqlfluff's library folder is no package
"""What `dbt_utils` is to the linter, which renders models without dbt."""


def generate_surrogate_key(field_list: list[str]) -> str:
    """Return an expression of the macro's shape."""
    return f"md5({field_list[0]})"
