"""The bronze database: the tables as data, and their migrations (`python -m services.contracts.bronze`)."""
