"""A city as a folder of data: reading it, saying what is wrong in it and where, loading it without repetition."""

from pasti.citypack.checking import check
from pasti.citypack.loading import PackFailed, load
from pasti.citypack.reading import PackProblem

__all__ = ["PackFailed", "PackProblem", "check", "load"]
