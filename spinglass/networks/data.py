"""Handwritten digits: the data set in scikit-learn, and images in MNIST's formats from files. Nothing is downloaded."""

from functools import lru_cache

import numpy as np

from spinglass._common.seeds import Seed, generator
from spinglass._common.types import Array
from spinglass.networks.image_files import mnist
from spinglass.networks.images import Digits, averaged

__all__ = ["Digits", "averaged", "digits", "mnist"]


def digits(test_share: float = 0.2, seed: Seed = 0) -> Digits:
    """Return the 1797 handwritten digits of 8 x 8 pixels from scikit-learn, split at random.

    Parameters
    ----------
    test_share
        Share of the images that is used for testing, in (0, 1). Default: 0.2.
    seed
        Seed of the split. Default: 0.

    Returns
    -------
    Digits
        The images and labels.

    Raises
    ------
    ValueError
        If the training or the test set would be empty.

    References
    ----------
    Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI repository (1998), its test part.

    Examples
    --------
    >>> digits()
    Digits: 1438 to train and 359 to test, 8 x 8
    """
    images, labels = _images()
    tested = round(test_share * len(images)) if 0 < test_share < 1 else 0
    if not 0 < tested < len(images):
        raise ValueError(
            f"test_share must lie strictly between 0 and 1 and leave images in both sets, not {test_share!r}"
        )
    order = generator(seed).permutation(len(images))
    X, y = images[order] / 16, labels[order].astype(np.int64)
    return Digits(
        train=(X[tested:], y[tested:]), test=(X[:tested], y[:tested]), side=8, source="digits of scikit-learn"
    )


@lru_cache(maxsize=1)
def _images() -> tuple[Array, Array]:
    """Return all images and labels, which scikit-learn would read from its text file again at every call."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    return images, labels
