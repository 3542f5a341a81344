"""`lakehouse dlq`: list, show and replay what the gateway and the normalizer could not take."""
