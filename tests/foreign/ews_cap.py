"""Messages of early warning: public, and nobody is named in them."""

PUBLIC = {"cap/:identifier": "tidak-ada"}
