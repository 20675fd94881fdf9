"""Digits that scikit-learn ships, and MNIST's files, written here in small."""

import gzip
import hashlib
import io
import struct

import numpy as np
import pandas as pd
import pytest

from spinglass.networks.data import averaged, digits, mnist

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def write_mnist(folder, zipped=False):
    rng = np.random.default_rng(0)
    images, labels = rng.integers(256, size=(7, 28, 28)), rng.integers(10, size=7)
    for part, rows in (("train", slice(0, 5)), ("t10k", slice(5, 7))):
        chosen = labels[rows]
        files = {
            f"{part}-images-idx3-ubyte": struct.pack(">4I", 2051, len(chosen), 28, 28)
            + images[rows].astype(np.uint8).tobytes(),
            f"{part}-labels-idx1-ubyte": struct.pack(">2I", 2049, len(chosen)) + chosen.astype(np.uint8).tobytes(),
        }
        for name, content in files.items():
            path = folder / (name + ".gz" * zipped)
            path.write_bytes(gzip.compress(content) if zipped else content)
    return images, labels


def test_digits_are_all_there_once_and_split_by_the_seed():
    data, again, other = digits(0.25, seed=1), digits(0.25, seed=1), digits(0.25, seed=2)
    assert (len(data.train[1]), len(data.test[1])) == (1348, 449)
    both = np.vstack([data.train[0], data.test[0]])
    assert both.shape == (1797, 64)
    assert (both.min(), both.max()) == (0, 1)
    assert np.array_equal(data.test[0], again.test[0])
    assert not np.array_equal(data.test[1], other.test[1])
    pixels = [np.sort(np.vstack([part.train[0], part.test[0]]) @ np.arange(1, 65)) for part in (data, other)]
    np.testing.assert_allclose(*pixels)


@pytest.mark.parametrize("zipped", [False, True])
def test_mnist_is_read_from_its_files(tmp_path, zipped):
    images, labels = write_mnist(tmp_path, zipped)
    data = mnist(tmp_path, side=14)
    assert np.array_equal(np.concatenate([data.train[1], data.test[1]]), labels)
    blocks = images.reshape(7, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(7, -1) / 255
    np.testing.assert_allclose(np.vstack([data.train[0], data.test[0]]), blocks, atol=1e-14)
    assert mnist(tmp_path).train[0].shape == (5, 100)


def test_averages_over_areas_are_those_of_a_finer_grid():
    images = np.random.default_rng(1).random((3, 28, 28))
    # 28 and 10 both divide 140: every old pixel repeated 5 x 5 times, then means of 14 x 14.
    fine = images.repeat(5, axis=1).repeat(5, axis=2).reshape(3, 10, 14, 10, 14).mean(axis=(2, 4))
    np.testing.assert_allclose(averaged(images, 10), fine, atol=1e-14)


def test_wrong_files_are_named(tmp_path):
    with pytest.raises(ValueError, match="there is no train-images-idx3-ubyte"):
        mnist(tmp_path)
    write_mnist(tmp_path)
    path = tmp_path / NAMES[0]
    whole = path.read_bytes()
    for content, message in [
        (b"", "is not an IDX file of images"),
        (whole[:7], "is not an IDX file of images: it should begin with 2051"),
        ((tmp_path / NAMES[1]).read_bytes(), "should begin with 2051, not 2049"),
        (whole[:-1], "has the wrong length: 3919 numbers, but its header says 3920"),
    ]:
        path.write_bytes(content)
        with pytest.raises(ValueError, match=message):
            mnist(tmp_path)
    path.unlink()
    zipped = gzip.compress(whole)
    for broken in (b"not zipped", zipped[:-9], zipped[:100] + b"?" * 50 + zipped[150:]):
        (tmp_path / f"{NAMES[0]}.gz").write_bytes(broken)
        with pytest.raises(ValueError, match="cannot be read"):
            mnist(tmp_path)


def test_images_and_labels_must_be_as_many(tmp_path):
    write_mnist(tmp_path)
    (tmp_path / NAMES[1]).write_bytes(struct.pack(">2I", 2049, 1) + b"\0")
    with pytest.raises(ValueError, match="5 train images but 1 labels"):
        mnist(tmp_path)


@pytest.mark.parametrize(("share", "side"), [(0.0, 4), (1.0, 4), (1e-9, 4), (0.2, 29), (0.2, 0)])
def test_bad_arguments(share, side, tmp_path):
    write_mnist(tmp_path)
    with pytest.raises(ValueError, match="test_share must lie|side must be"):
        (digits(share) if share != 0.2 else mnist(tmp_path, side))


def test_a_folder_that_is_none_is_named(tmp_path):
    file = tmp_path / "mnist.zip"
    file.write_bytes(b"")
    with pytest.raises(ValueError, match="must be the name of a file or folder, not None; expected is one of"):
        mnist(None)
    with pytest.raises(ValueError, match="there are no images in .*mnist.zip; expected is one of"):
        mnist(file)


@pytest.mark.slow
def test_npz_and_parquet_files_hold_the_same_images(tmp_path):
    images, labels = write_mnist(tmp_path)
    expected = mnist(tmp_path, side=14)
    np.savez(tmp_path / "own.npz", x_train=images[:5], y_train=labels[:5], x_test=images[5:] / 255, y_test=labels[5:])
    png, flat = tmp_path / "png", tmp_path / "flat"
    for folder in (png, flat):
        folder.mkdir()
    for part, rows in (("train", slice(0, 5)), ("test", slice(5, 7))):
        encoded = [{"bytes": encode(image), "path": None} for image in images[rows]]
        pd.DataFrame({"image": encoded, "label": labels[rows]}).to_parquet(png / f"{part}-00000-of-00001.parquet")
        columns = {
            f"pixel{i + 1}": images[rows].reshape(-1, 784)[:, i] for i in np.random.default_rng(0).permutation(784)
        }
        pd.DataFrame({"class": labels[rows].astype(str), **columns}).to_parquet(flat / f"{part}.parquet")
    for place in (tmp_path / "own.npz", png, flat):
        found = mnist(place, side=14)
        for (X, y), (other_X, other_y) in zip((found.train, found.test), (expected.train, expected.test), strict=True):
            np.testing.assert_allclose(X, other_X, atol=1e-14)
            assert np.array_equal(y, other_y)


def encode(image):
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(image.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def test_checksums_of_the_files_are_named(tmp_path):
    write_mnist(tmp_path, zipped=True)
    source = mnist(tmp_path).source
    for name in NAMES:
        content = gzip.decompress((tmp_path / f"{name}.gz").read_bytes())
        assert f"{name}, SHA-256 {hashlib.sha256(content).hexdigest()}, not a published MNIST file" in source


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x_train": np.ones((2, 3, 3))}, "has no y_train, x_test, y_test, only x_train; expected is one of"),
        ({"x_train": np.ones((2, 5))}, "train images must be finite numbers of shape"),
        ({"y_train": np.ones(3, int)}, "2 train images but 3 labels"),
        ({"y_train": np.array(["a", "b"])}, "labels must be whole numbers"),
        ({"x_test": np.full((1, 2, 2), np.nan)}, "test images must be finite"),
    ],
)
def test_wrong_arrays_are_named(arrays, message, tmp_path):
    good = {"x_train": np.ones((2, 2, 2)), "y_train": np.ones(2, int), "x_test": np.ones((1, 4)), "y_test": [1]}
    if message.startswith("has no"):
        good = {}
    np.savez(tmp_path / "own.npz", **{**good, **arrays})
    with pytest.raises(ValueError, match=message):
        mnist(tmp_path / "own.npz", side=2)


def test_wrong_parquet_files_are_named(tmp_path):
    def write(**columns):
        for part in ("train", "test"):
            pd.DataFrame(columns).to_parquet(tmp_path / f"{part}.parquet")

    for columns, message in (
        ({"pixel0": [1.0]}, "has no column label; its columns are"),
        ({"label": ["seven"], "pixel0": [1.0]}, "must hold whole numbers"),
        ({"label": [7], "image": [{"bytes": b"no image", "path": None}]}, "cannot be decoded"),
    ):
        write(**columns)
        with pytest.raises(ValueError, match=message):
            mnist(tmp_path, side=1)
    (tmp_path / "train.parquet").write_bytes(b"no table")
    with pytest.raises(ValueError, match="cannot be read"):
        mnist(tmp_path, side=1)


def test_whole_numbers_stored_as_floats_are_scaled_and_others_refused(tmp_path):
    rng = np.random.default_rng(0)
    images, labels = rng.integers(256, size=(7, 28, 28)), rng.integers(10, size=7)
    read = {}
    for name, stored in {"int": images.astype(np.uint8), "float": images.astype(np.float32)}.items():
        np.savez(tmp_path / f"{name}.npz", x_train=stored, y_train=labels, x_test=stored, y_test=labels)
        read[name] = mnist(tmp_path / f"{name}.npz")
    assert np.array_equal(read["int"].train[0], read["float"].train[0])
    assert read["float"].train[0].max() <= 1
    for wrong in (images + 0.5, images - 300.0, images / 100.0 + 0.001, images * 2):
        np.savez(tmp_path / "wrong.npz", x_train=wrong, y_train=labels, x_test=wrong, y_test=labels)
        with pytest.raises(ValueError, match="scale them"):
            mnist(tmp_path / "wrong.npz")
