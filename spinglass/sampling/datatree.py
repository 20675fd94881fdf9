"""Results of sampling as a ``DataTree`` of xarray, in the layout that ArviZ reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray

Contents = Mapping[str, Any]  # arrays by name, each alone or in a tuple after the names of its dimensions


def datatree(groups: Mapping[str, tuple[Contents, Contents]], attributes: Mapping[str, Any]) -> xarray.DataTree:
    """Return a tree with one data set per group.

    Parameters
    ----------
    groups : mapping
        Variables and coordinates of each group.
    attributes : mapping
        Description of the whole tree.

    Returns
    -------
    xarray.DataTree
        The tree.

    Raises
    ------
    ImportError
        If xarray is not installed.
    """
    try:
        import xarray
    except ImportError:
        raise ImportError("to_datatree needs xarray, which is not installed: pip install 'spinglass[xarray]'") from None
    tree = xarray.DataTree.from_dict(
        {name: xarray.Dataset(dict(variables), dict(coordinates)) for name, (variables, coordinates) in groups.items()}
    )
    tree.attrs.update(attributes)
    return tree
