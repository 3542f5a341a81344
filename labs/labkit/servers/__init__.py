"""How a check asks the live servers. Each adapter says which server is down, and what to do about it."""
