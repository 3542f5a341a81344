"""A long history, written straight into bronze: what live events would have become, a million at a time."""
