"""Pages of the Smart City frame."""
