"""The JSON API's own room: conventions once for all systems, and the answers kept for retries."""
