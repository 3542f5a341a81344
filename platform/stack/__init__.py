"""The `lakehouse` command: installs, starts, watches and stops the platform on the learner's own machine."""
