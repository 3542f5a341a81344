"""One Temporal workflow per payment event: checked, scored, and stored in bronze or its quarantine."""
