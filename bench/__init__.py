"""Every claim of speed, measured beside a peer or the raw floor in the same run."""
