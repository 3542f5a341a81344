"""What the services share: settings, topics, events, and the bronze tables. Nothing here does I/O."""
