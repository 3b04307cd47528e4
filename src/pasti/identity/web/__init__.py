"""Pages and protocol endpoints."""
