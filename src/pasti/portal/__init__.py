"""The front door: composes what the systems publish, owns nothing."""
