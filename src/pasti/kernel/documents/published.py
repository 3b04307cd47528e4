"""What the store of documents declares."""

from __future__ import annotations

from pasti.kernel.publish.types import ActionName, Purpose

BASIS = "UU 27/2022 Pasal 20 ayat (2) huruf a"
PURPOSES = [
    Purpose("documents.own", "Menyimpan berkas sendiri", "Keeping one's own files", BASIS),
    Purpose("documents.shared", "Membuka berkas lewat tautan dari pemiliknya", "Opening a file by its owner's link",
            BASIS),
]  # fmt: skip

ACTIONS = [
    ActionName("documents.stored", "menyimpan berkas", "stored a file"),
    ActionName("documents.removed", "menghapus berkas", "deleted a file"),
    ActionName("documents.shared", "membuat tautan sementara ke berkas", "made a temporary link to a file"),
    ActionName("documents.read", "membuka berkas Anda lewat tautan", "opened your file by a link"),
]
