"""Features of customers, merchants and payments: the same for training and for serving."""
