"""Status lists and offers say nothing about anybody."""

PUBLIC = {"id/status/:number": 1, "id/oid4vci/offer/:code": "tidak-ada"}
