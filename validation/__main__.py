"""``python -m validation`` is ``spinglass``: for ``mpiexec -n 8 python -m mpi4py.futures -m validation verify ...``."""

import sys

from validation.cli import main

sys.exit(main())
