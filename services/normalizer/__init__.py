"""The normalizer: Stripe's webhook events in, unified payment events (or dead letters with a reason) out."""
