"""One thin adapter per server: it asks, translates the answer, and says `StageUnavailableError` if it could not ask."""
