"""The gateway: the door through which Stripe's webhooks enter. It verifies, routes, and answers once Kafka has them."""
