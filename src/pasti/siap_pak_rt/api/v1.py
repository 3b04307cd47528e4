"""`/api/v1/siap-pak-rt/`: each area of work adds its own router."""

from ninja import Router

from pasti.siap_pak_rt.api import letters, statistics

router = Router()
router.add_router("", letters.router)
router.add_router("/statistics", statistics.router)
PREFIX = "siap-pak-rt"
