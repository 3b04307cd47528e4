"""Files that people hand in: sniffed, limited, kept privately, served to their owner."""
