"""The only place that speaks SpiffWorkflow: read, normalise, extend, refuse, run."""
