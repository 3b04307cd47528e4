"""Verifiers, requests and receipts."""
