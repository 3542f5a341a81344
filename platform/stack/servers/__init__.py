"""One file per server, each with the same verbs: install, start, ready, stop, wipe."""
