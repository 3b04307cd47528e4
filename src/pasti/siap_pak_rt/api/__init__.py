"""The JSON API of SIAP PAK RT."""
