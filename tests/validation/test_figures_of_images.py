"""Figures of networks trained on a user's images: which use them, what their captions say, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from spinglass.networks.data import mnist
from validation.experiments.networks import digits
from validation.figures import gallery


@pytest.fixture
def images(tmp_path):
    rng = np.random.default_rng(0)
    arrays = {}
    for part, count in (("train", 20), ("test", 10)):
        arrays[f"x_{part}"] = rng.integers(0, 256, (count, 8, 8)).astype(np.uint8)
        arrays[f"y_{part}"] = np.arange(count) % 5
    np.savez(tmp_path / "own.npz", **arrays)
    return mnist(tmp_path / "own.npz", side=4)


def test_networks_are_trained_on_the_images_and_the_caption_names_them(images, monkeypatch):
    given = []

    def losses(effort, seed, starts, data):
        given.append(data)
        columns = {"hidden": 10, "train_loss": [0.1, 0.2, 0.3, 0.5], "test_loss": [0.3, 0.1, 0.2, 0.5]}
        return pd.DataFrame({**columns, "starts": starts, "status": "finished"})

    monkeypatch.setattr(digits, "losses", losses)
    entry = gallery.entry("choromanska-by-size", "quick", images)
    tables = entry.tables(3)
    assert given == [images, images]
    assert set(tables["losses"]["starts"]) == set(digits.STARTS)
    assert "trained on 20 images of 4 x 4 pixels (own.npz, SHA-256 " in entry.caption
    assert "differ from those of the paper" not in entry.caption
    assert entry.seconds is None


def test_real_training_on_the_images(images):
    found = digits.trained(images, hidden=3, networks=2, seed=0, epochs=1)
    assert found.widths == (16, 3, 5)
    assert len(found.test_loss) == 2


def test_without_images_nothing_changes():
    entry = gallery.entry("choromanska-by-size")
    assert "500 digits of 8 x 8 pixels (scikit-learn's)" in entry.caption
    assert "The digits differ from those of the paper (MNIST at 10 x 10)." in entry.caption


def test_figures_without_networks_refuse_images(images):
    for name in ("choromanska-glass", "descent-energies"):
        with pytest.raises(ValueError, match=f"{name} does not use images; --data applies to choromanska-test-losses"):
            gallery.entry(name, "quick", images)


def test_the_command_refuses_what_has_no_effect(images, tmp_path):
    from validation.cli.figures import figures

    with pytest.raises(ValueError, match="--from draws saved tables and trains nothing"):
        figures(["choromanska-by-size"], out=tmp_path, source=tmp_path, data=tmp_path / "own.npz")
    with pytest.raises(ValueError, match="does not use images"):
        figures(["descent-energies"], out=tmp_path, data=tmp_path / "own.npz", side=4)


def test_the_command_passes_images_only_to_figures_that_use_them(images, tmp_path, monkeypatch, capsys):
    from validation.cli.figures import figures

    made = {}
    monkeypatch.setattr(gallery, "save", lambda name, *_, data, **__: made.update({name: data}) or [])
    figures(["choromanska"], out=tmp_path, data=tmp_path / "own.npz", side=2)
    assert made["choromanska-glass"] is None
    assert made["choromanska-index"].side == 2
    assert "SHA-256" in capsys.readouterr().err
