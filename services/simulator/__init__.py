"""The simulator: Stripe-shaped, signed events of a seeded population, and the sender's record of what was accepted."""
