"""Where one payment is in every system (`trace`), and whether nothing was lost between any two (`reconcile`)."""
