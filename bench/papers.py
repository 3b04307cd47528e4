"""Letters a second: rendered, and rendered and signed, beside a bare Typst page and one bare signature."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator

from bench.harness import Row, paired

LETTERS = 100
PAGE = b'#set document(date: datetime(year: 2026, month: 1, day: 1), title: "-")\n#lorem(80)'


def rows() -> Iterator[Row]:
    """Both rows, in this process, with a folder and a test key of their own and without a database."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(PASTI_DATA=folder, PASTI_DATABASE_URL="postgresql:///none", PASTI_SECRET_KEY="bench" * 12)
        os.environ["DJANGO_SETTINGS_MODULE"] = "pasti.settings"
        import django

        django.setup()
        yield from _measured()


def _measured() -> Iterator[Row]:
    import typst
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from tests.siap_pak_rt.papers_made import unsaved

    from pasti.siap_pak_rt.services.papers_render import STANDARD, render
    from pasti.siap_pak_rt.services.papers_sign import sign

    paper, key, fonts = unsaved(), ec.generate_private_key(ec.SECP256R1()), typst.Fonts(include_system_fonts=False)

    def bare() -> bytes:
        return bytes(typst.compile(PAGE, format="pdf", pdf_standards=STANDARD, font_paths=fonts, timestamp=0))

    ours = paired(lambda: _rate(lambda: render(paper, "local")), lambda: _rate(bare))
    yield Row("letters rendered a second", *ours, "/s", "bare Typst page")
    both = paired(
        lambda: _rate(lambda: sign(render(paper, "local"), paper, "local", None)),
        lambda: _rate(lambda: key.sign(bare(), ec.ECDSA(hashes.SHA256()))),
    )
    yield Row("letters rendered and signed a second", *both, "/s", "bare page, bare ECDSA")


def _rate(act: Callable[[], object]) -> float:
    act()
    began = time.perf_counter()
    for _at in range(LETTERS):
        act()
    return LETTERS / (time.perf_counter() - began)
