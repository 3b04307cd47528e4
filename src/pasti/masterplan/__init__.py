"""The Smart City frame: plan, indicators, provenance. Reads only what systems publish."""
