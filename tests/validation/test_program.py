"""Subjects in other processes, and what they do wrong: each mistake gives one clear line, and nothing blocks."""

import os
import signal
import sys
import threading
import time

import numpy as np
import pytest

from validation.subjects import child
from validation.subjects.program import Program, from_file, from_program
from validation.subjects.subject import AnswerError

LOOP = """
import json, os, signal, sys, time
for line in sys.stdin:
    request = json.loads(line)
    if request["role"] == "describe":
        print('{"roles": ["landscape", "relax"]}', flush=True)
        continue
    number = len(request.get("x", []))
"""
X = np.zeros((2, 4))
posix = pytest.mark.skipif(sys.platform == "win32", reason="processes and signals of POSIX")


@pytest.fixture
def subject(tmp_path):
    started = []

    def start(body, time_limit=10.0, loop=LOOP):
        file = tmp_path / "program.py"
        file.write_text(loop + "".join(f"    {line}\n" for line in body.splitlines()))
        started.append(from_program([sys.executable, str(file)], time_limit))
        return started[-1]

    yield start
    for one in started:
        one.close()


FAILURES = {
    "hangs": ("time.sleep(60)", r"landscape\(n=4, H=3, seed=1\): no answer within the time limit of 0.7 s$"),
    "talks and hangs": ("print('step 1', flush=True); time.sleep(60)", "no answer .*; it printed 'step 1'"),
    "prints slowly without end": ("while True: print('busy', flush=True); time.sleep(0.1)", "no answer .* 'busy'"),
    "prints rubbish": ("for k in range(3000): print('E =', 1)", "its output is not JSON; it printed 'E = 1'"),
    "ends": ("print('no couplings', file=sys.stderr); sys.exit(3)", "ended with exit status 3: no couplings"),
    "prints half an object": ("print('{\"energy\": [1,', flush=True)", "the answer is not JSON, .*energy"),
    "nests deeply": ("print('{\"energy\": ' + '[' * 100000, flush=True)", "the answer is not JSON"),
    "returns nan": ("print('{\"energy\": [1, -nan(0x7)]}', flush=True)", r"energy is nan at position \[1\]"),
    "returns inf": ("print('{\"energy\": [1, -inf]}', flush=True)", r"energy is -inf at position \[1\]"),
    "returns null": ("print('{\"energy\": [1, null]}', flush=True)", r"energy is nan at position \[1\]"),
    "wrong shape": ("print('{\"energy\": [1]}', flush=True)", r"energy has shape \(1,\); expected \(2,\)"),
    "ragged": ("print('{\"energy\": [1, [2]]}', flush=True)", "expected numbers, got list"),
    "too large": ("print('{\"energy\": [1, 1%s]}' % ('0' * 400), flush=True)", "expected numbers"),
    "another object": ("print('{\"E\": [1, 2]}', flush=True)", "the answer has no 'energy'"),
    "error": (
        r"print(json.dumps({'error': 'only\n\x1b[31m n = 5'}), flush=True)",
        r"seed=1\): only \?\[31m n = 5$",
    ),
    "file that is not there": ('print(\'{"energy": {"npy": "/no.npy"}}\', flush=True)', "no.npy' cannot be read"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("body", "message"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_one_clear_line_in_limited_time(subject, body, message):
    one = subject(body, time_limit=0.7 if "no answer" in message else 20.0)
    start = time.perf_counter()
    with pytest.raises(AnswerError, match=message) as caught:
        one.landscape(4, 3, 1, X)
    assert time.perf_counter() - start < 15
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1200


def test_a_line_without_end_does_not_fill_the_memory(subject, monkeypatch):
    monkeypatch.setattr(child, "_LONGEST_LINE", 2**20)
    one = subject("while True: sys.stdout.write('1' * 2**16)")
    with pytest.raises(AnswerError, match=r"a line of its output is longer than 1 MiB; answer by the name of a \.npy"):
        one.landscape(4, 3, 1, X)


@posix
def test_a_program_that_crashes_is_started_again_and_given_up_after_three_crashes(subject):
    one = subject(
        "os.kill(os.getpid(), signal.SIGSEGV) if request['seed'] else print('{\"energy\": [1, 2]}', flush=True)"
    )
    for _ in range(2):
        with pytest.raises(AnswerError, match="ended with signal SIGSEGV"):
            one.landscape(4, 3, 1, X)
        assert one.landscape(4, 3, 0, X)["energy"].tolist() == [1, 2]
    for message in (r"^landscape\(n=4, H=3, seed=1\): the program ended", "not asked, because of an earlier failure"):
        with pytest.raises(AnswerError, match=message):
            one.landscape(4, 3, 1, X)


@pytest.mark.slow
@posix
def test_a_program_that_closes_its_output_does_not_block(subject):
    one = subject("os.close(1); time.sleep(60)")
    with pytest.raises(AnswerError, match="the program closed its output and is still running"):
        one.landscape(4, 3, 1, X)


@pytest.mark.slow
def test_a_program_that_does_not_read_does_not_block(subject):
    loop = 'import sys, time\nsys.stdin.readline()\nprint(\'{"roles": ["landscape"]}\', flush=True)\ntime.sleep(60)\n'
    one = subject("", 0.5, loop)
    with pytest.raises(AnswerError, match="no answer within the time limit"):
        one.landscape(400, 3, 1, np.zeros((1000, 400)))


def test_a_program_may_print_what_it_likes_besides(subject):
    one = subject(
        "sys.stderr.write('warning ' * 10**6)\n"
        "print('step 1'); print(); print('[1, 2]'); print(3)\n"
        "print(json.dumps({'energy': [1.0] * number}), flush=True)"
    )
    assert one.landscape(4, 3, 1, X)["energy"].tolist() == [1, 1]


def test_two_answers_to_one_request_are_noticed(subject):
    one = subject('print(\'{"energy": [1, 2]}\\n{"energy": [1, 2]}\', flush=True); time.sleep(0.2)')
    one.landscape(4, 3, 1, X)
    time.sleep(0.1)
    with pytest.raises(AnswerError, match="one more answer than there were requests"):
        one.landscape(4, 3, 1, X)


@pytest.mark.slow
@posix
def test_ctrl_c_ends_the_program_and_its_late_answer_is_not_taken_for_the_next(subject):
    one = subject("time.sleep(60 * request['seed']); print(json.dumps({'energy': [request['seed']] * 2}), flush=True)")
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        one.landscape(4, 3, 1, X)
    assert one.landscape(4, 3, 0, X)["energy"].tolist() == [0, 0]


@pytest.mark.slow
@posix
def test_what_a_program_starts_ends_with_it_and_what_left_it_does_not_block(subject, tmp_path):
    left = tmp_path / "left"
    one = subject(
        "import subprocess\n"
        "a = subprocess.Popen(['sleep', '60'])\n"
        "b = subprocess.Popen(['sleep', '5'], start_new_session=True)\n"
        f"open({str(left)!r}, 'w').write(str(a.pid))\n"
        "print('{\"energy\": [1, 2]}', flush=True)"
    )
    one.landscape(4, 3, 1, X)
    start = time.perf_counter()
    one.close()
    assert time.perf_counter() - start < 4.5
    assert _ends(int(left.read_text()))


def _ends(process):
    for _ in range(50):  # it is gone once its new parent has noticed
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_arrays_as_files(subject):
    loop = LOOP.replace('["landscape", "relax"]}', '["landscape"], "arrays": "npy", "variance": "n/2"}')
    body = (
        "import numpy as np\n"
        "x, out = np.load(request['x']['npy']), request['x']['npy'] + '.out.npy'\n"
        "np.save(out, x.sum(axis=1))\n"
        "print(json.dumps({'energy': {'npy': out}}), flush=True)"
    )
    one = subject(body, loop=loop)
    for k in range(3):
        found = one.landscape(4, 3, 1, X + k)["energy"]
        np.testing.assert_allclose(found, 4 * k * np.sqrt(2))  # energies of variance n/2


DESCRIPTIONS = {
    "": "no answer within .*; is its output flushed after every answer",
    "[]": r"no answer within .*; it printed '\[\]'",
    '{"roles": []}': r"describes its roles as \[\]; expected a list of some of landscape",
    '{"roles": ["landscapes"]}': "describes its roles as ",
    '{"answer": 3}': "describes itself as 3",
    '{"roles": ["landscape"], "varience": "n"}': "there is no convention 'varience'; did you mean 'variance'",
    '{"roles": ["landscape"], "variance": 2}': "variance declares a convention and must be a text",
    '{"roles": ["landscape"], "arrays": "csv"}': "describes its arrays as 'csv'; expected 'json' or 'npy'",
}


@pytest.mark.slow
@pytest.mark.parametrize(("description", "message"), DESCRIPTIONS.items())
def test_a_program_that_describes_itself_wrongly_is_refused(description, message):
    # It answers when asked: what it printed before might be read before the request is written.
    code = f"import time\ninput()\nprint({description!r}, flush=True)\ntime.sleep(60)"
    with pytest.raises(ValueError, match=message):
        from_program([sys.executable, "-c", code], time_limit=0.5)


@posix
def test_a_program_that_cannot_be_started(tmp_path):
    file = tmp_path / "simulate"
    file.write_text("print(1)\n")
    for command, message in {
        str(file): r"Permission denied; make it executable \(chmod \+x\)",
        str(tmp_path / "none"): "No such file or directory; give the path of a program",
        "": "the command of the program is empty",
        "'./simulate": "cannot be read: No closing quotation",
    }.items():
        with pytest.raises(ValueError, match=message):
            Program(command)
    file.chmod(0o755)
    with pytest.raises(ValueError, match="give its interpreter, too"):
        Program(str(file))
    with pytest.raises(ValueError, match="the time limit must be positive"):
        Program(str(file), time_limit=float("nan"))


FILE = """
import os
import numpy as np

variance = "n/2"
radius = 1                          # a number is read as a text
points = np.zeros(3)                # no declaration: it is an array
weights = 16                        # no declaration: it is a number
def gradient(x): return x           # no declaration: it is a function

def landscape(n, H, seed):
    os.write(1, b'{"energy": "rubbish of a C library"}\\n')
    os.chdir(os.sep)
    try:
        input()
    except EOFError:
        pass
    def energy(x):
        value = x.sum()
        x[:] = 0
        return value
    return energy

def relax(n, H, seed, times):
    if hasattr(os, "fork") and os.fork() == 0:
        return times * np.nan       # the copy of the process comes back, too
    return times

def sample(N, T): ...
def critical_points(n, H, seed): return np.ones((1, n)) * 1j
def counts(n, H, index, below): raise SystemExit("no counts")
def equilibrium(T, H): os._exit(7)
"""


def test_what_a_file_does_besides_does_not_matter(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(FILE)
    one = from_file(file, time_limit=20.0)
    assert (one.declaration.variance, one.declaration.radius, one.declaration.points) == ("n/2", "1", "all")
    x = np.arange(8.0).reshape(2, 4)
    for _ in range(2):
        found = one.roles.ask("landscape", n=4, H=3, seed=1, x=x, wanted=("energy",))
        assert found["energy"] == [6, 22]
        assert one.roles.ask("relax", n=4, H=3, seed=1, times=np.arange(3.0)) == [0, 1, 2]
    with pytest.raises(AnswerError, match=r"defined as sample\(N, T\) and is called as sample\(n=\.\.\., H=.*'N'"):
        one.sample(4, 3, 1, 1.0, 5)
    with pytest.raises(AnswerError, match="expected numbers, got ndarray: a complex number"):
        one.critical_points(4, 3, 1)
    with pytest.raises(AnswerError, match="SystemExit: no counts"):
        one.roles.ask("counts", n=4, H=3, index=0, below=-1.0)
    with pytest.raises(AnswerError, match="ended with exit status 7"):
        one.roles.ask("equilibrium", T=1.0, H=3)
    one.close()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("mine.py", "def landscape(n, H, seed) return 1", "mine.py does not run: SyntaxError"),
        ("mine.py", "import nothing_of_this_name", "mine.py does not run: ModuleNotFoundError: .*nothing_of_this_name"),
        ("mine.py", "def energy(x): return 1", "mine.py has no function named landscape, relax"),
        ("mine.py", "import os\nos._exit(3)", "the program ended with exit status 3"),
        ("random.py", "def landscape(n, H, seed): ...", "has the name of the module 'random'; give the file another"),
    ],
)
def test_a_file_that_is_no_subject(tmp_path, name, text, message):
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(ValueError, match=f"^(mine|random).py.*{message}|^{message}") as raised:
        from_file(file)
    assert "describe" not in str(raised.value)  # a request of the protocol, which a Python file does not answer


def test_a_file_that_does_not_exist(tmp_path):
    with pytest.raises(ValueError, match="there is no file .*; give a Python file with functions named landscape"):
        from_file(tmp_path / "none.py")
