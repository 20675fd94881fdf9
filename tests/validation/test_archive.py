import json
import os
import re
from decimal import Decimal

import pandas as pd
import pytest

from validation import load, verify
from validation.report.files import prepare, prepare_table, write_table


@pytest.fixture(scope="module")
def folder(tmp_path_factory, synthetic_file):
    out = tmp_path_factory.mktemp("run") / "deep" / "er"
    verify(["die/true", "die/curve", "die/raises"], claims=synthetic_file, workers=1, out=out, mutants=True, seed=3)
    return out


@pytest.mark.slow
def test_the_data_come_back_as_measured(folder, synthetic_file):
    frame = load(folder)
    again = verify(["die/true"], claims=synthetic_file, workers=1, seed=3)
    mine = frame.query("claim_id == 'die/true' and mutant == ''").reset_index(drop=True)
    assert mine.equals(again.to_frame())
    assert list(frame.columns) == ["claim_id", "mutant", "series", "sample", "component", "value"]
    assert set(frame.query("claim_id == 'die/curve'")["component"]) == {0, 1, 2}


def test_the_mean_of_the_data_is_the_estimate(folder):
    contents = json.loads((folder / "claims.json").read_text())
    frame = load(folder).query("claim_id == 'die/curve' and mutant == ''")
    points = next(c for c in contents["claims"] if c["claim_id"] == "die/curve")["points"]
    assert [p["label"] for p in points] == ["mean", "square", "one"]
    for k, point in enumerate(points):
        assert point["estimate"] == pytest.approx(frame[frame["component"] == k]["value"].mean(), rel=1e-14)


def test_the_verdicts_say_where_they_come_from(folder):
    contents = json.loads((folder / "claims.json").read_text())
    assert (contents["seed"], contents["effort"], contents["interrupted"]) == ("3", "quick", False)
    assert "numpy" in contents["versions"]
    raised = next(c for c in contents["claims"] if c["claim_id"] == "die/raises")
    assert raised["status"] == "undecided"
    assert raised["p_value"] is None  # JSON has no NaN
    assert "fell off the table" in raised["errors"][0]
    assert {m["mutant"] for m in contents["mutants"]} == {"loaded die", "wrong mean"}


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"there is no data.parquet"):
        load(tmp_path)


def test_what_cannot_be_written_is_refused_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="cannot write to"):
        prepare(tmp_path / "file")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ValueError, match="it is a folder"):
        prepare_table(tmp_path / "folder.csv")
    with pytest.raises(ValueError, match="cannot write to"):
        prepare_table("/proc/nowhere/x.parquet")
    if os.geteuid() != 0:  # root may write everywhere
        (tmp_path / "x.csv").touch(0o400)
        with pytest.raises(ValueError, match="permission denied"):
            prepare_table(tmp_path / "x.csv")


def test_an_empty_name_is_not_the_current_folder():
    with pytest.raises(ValueError, match="the name of the folder is empty"):
        prepare("")


@pytest.mark.parametrize("name", ["x", "x.xlsx", "parquet", "x.csv.gz"])
def test_tables_go_to_parquet_or_csv_only(tmp_path, name):
    with pytest.raises(ValueError, match=f"{re.escape(name)}'; use a name that ends in .parquet or .csv"):
        prepare_table(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_the_name_of_a_table_says_what_is_written(tmp_path):
    table = pd.DataFrame({"value": [0.1, 1 / 3, -1e-300]}, index=pd.RangeIndex(3, name="start"))
    for name in ("x.CSV", "x.parquet"):
        write_table(table, tmp_path / name)
    # The decimal module reads the text by its own route: every double is written in full.
    lines = (tmp_path / "x.CSV").read_text().splitlines()
    assert lines[0] == "start,value"
    assert [float(Decimal(line.split(",")[1])) for line in lines[1:]] == table["value"].tolist()
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "x.parquet"), table)
