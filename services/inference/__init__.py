"""Fraud, churn and retry answers for one payment event, over HTTP."""
