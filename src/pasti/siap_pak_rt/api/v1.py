"""`/api/v1/siap-pak-rt/`: each area of work adds its own router."""

from ninja import Router

from pasti.siap_pak_rt.api import statistics

router = Router()
PREFIX = "siap-pak-rt"
router.add_router("/statistics", statistics.router)
