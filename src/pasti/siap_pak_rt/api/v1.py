"""`/api/v1/siap-pak-rt/`: each area of work adds its own router."""

from ninja import Router

router = Router()
PREFIX = "siap-pak-rt"
