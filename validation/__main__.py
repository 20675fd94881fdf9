"""``python -m validation`` does the same as the command ``spinglass``.

It is needed under MPI: ``mpiexec -n 8 python -m mpi4py.futures -m validation verify ...``.
"""

import sys

from validation.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
