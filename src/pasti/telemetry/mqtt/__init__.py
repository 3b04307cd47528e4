"""The edge to the broker: taking messages in, publishing readings, and a broker for the demo."""
