"""SIAP PAK RT: population administration for heads of RT and RW."""
