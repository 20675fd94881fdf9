"""The packages where compilation is switched off, where nothing can be kept, and as pytest imports them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(script, **environment):
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


WITHOUT_COMPILATION = """
import warnings
warnings.simplefilter("error")
import numpy as np, spinglass, theory
from spinglass import SphericalSpinGlass, sampling, sphere
glass = SphericalSpinGlass.from_tensor(np.arange(27.0).reshape(3, 3, 3))
J = glass.to_tensor()
for batch in (1, 7):
    x = sphere.random_points(3, batch, seed=1)
    dense = np.einsum("ijk,bi,bj,bk->b", J, x, x, x) / 3  # n^{-(H-1)/2} at H = 3
    assert np.allclose(glass.energy(x), dense, rtol=1e-12)
    assert np.allclose(glass.hessian_vector(x, x), 2 * glass.gradient(x), rtol=1e-12)  # Euler: degree 3
glass = SphericalSpinGlass.pure(3, 3, seed=0)
found = spinglass.descend(glass, x)
assert found.converged.all() and (found.energy_per_spin <= glass.energy(x) / 3).all()
sampling.sample(glass, 1.0, sweeps=4, chains=2, burn_in=2)
from spinglass.critical_points.tracking import simd as lanes
a, z = lanes.aligned_rows(4), np.arange(8) + 1j
lanes.store(a, 1, z)
assert np.array_equal(lanes.load(a, 1), z) and np.array_equal(lanes.load_real(a, 3), np.ones(8))
assert np.allclose(lanes.reciprocal(z) * z, 1) and np.array_equal(lanes.squared_modulus(z), np.arange(8.0) ** 2 + 1)
# Without noise from a random point the energy falls at the rate of the squared gradient, H per spin.
slow = theory.relaxation([0.0, 0.001], 3, step=0.001)
assert abs(slow.energy[1] + 0.003) < 1e-4
"""


@pytest.mark.slow
def test_compilation_can_be_switched_off():
    run(WITHOUT_COMPILATION, NUMBA_DISABLE_JIT="1")


@pytest.mark.slow
def test_doctor_says_what_to_do_where_kernels_cannot_be_kept():
    # Numba's locator of folders that the user has named, where none is named: no folder is found.
    environment = {"NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator", "NUMBA_CACHE_DIR": ""}
    script = "import spinglass.hamiltonian, sys; from validation.cli.main import main; sys.exit(main(['doctor']))"
    out, said = run(script, **environment)
    assert "set NUMBA_CACHE_DIR" in " ".join(out.split())
    assert said.count("compiled kernels cannot be cached") == 1


@pytest.mark.slow
def test_pytest_imports_a_module_once_and_hides_no_function(tmp_path):
    test = tmp_path / "test_function.py"
    test.write_text("from spinglass.sampling import ground_state\ndef test_it():\n    assert callable(ground_state)\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-c", "setup.cfg"]
    # The examples of the module are collected, and left to the tests proper.
    command += ["-k", "test_it", "spinglass/sampling/ground_state.py", str(test)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


ARROW = """
import os, sys
import numpy as np, pyarrow as pa
from pyarrow import parquet
from validation import load
from validation.engine.run_folder import read_parquet
from pathlib import Path
threads = lambda: len(os.listdir("/proc/self/task"))
folder = Path(sys.argv[-1])
parquet.write_table(pa.table({"a": np.ones(9), "b": ["x"] * 9}), folder / "data.parquet")
import pandas
before = threads()
assert read_parquet(folder / "data.parquet").num_rows == len(load(folder)) == 9
print(threads() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in /proc")
def test_reading_leaves_no_thread_of_arrow_behind(tmp_path):
    script = ARROW.replace("sys.argv[-1]", repr(str(tmp_path)))
    assert run(script)[0].split() == ["0"]
