"What the checks share: the repository, the command, and the run of the whole book at the scale `smoke`."
import contextlib, json, os, shutil, signal, subprocess, sys, time
from pathlib import Path
from types import SimpleNamespace
import psutil, pytest

REPO = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
os.environ.update(HF_HUB_OFFLINE='1', OMP_NUM_THREADS='1', PATH=f'{BIN}{os.pathsep}{os.environ["PATH"]}') # of all that is started here
os.environ['no_proxy'] = '127.0.0.1' # no proxy of the network stands between a check and its own server

def call(*command, cwd, **options):
    "Run a command to its end and keep what it printed."
    return subprocess.run([str(c) for c in command], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)

def notebooks(): return sorted((REPO/'nbs').glob('*.ipynb'))

def wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f'waited {seconds} s in vain for {what}'
        time.sleep(.02) # a kill comes soon after its sign, on a fast machine too

def without_timing(metrics):
    "Metrics without what a clock measured."
    if not isinstance(metrics, dict): return metrics
    return {k: without_timing(v) for k, v in metrics.items() if k != 'timing'}

def at_work(process):
    try: return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess: return False

WAITING = 'trained', 'smoke' # fixtures that wait for the run of the book: for its words, for its end

def pytest_collection_modifyitems(items):
    "Tests that need the run of the book come last: it takes minutes, and the others need not wait for it."
    items.sort(key=lambda item: [name in item.fixturenames for name in reversed(WAITING)])

@contextlib.contextmanager
def started(home, name, *more):
    "A run of the book at the scale `smoke` into home/runs/NAME, in the background; it is killed if nobody waited for it."
    with open(home/f'{name}.log', 'a') as log:
        command = [str(BIN/'wordembed'), 'run', '--preset', 'smoke', '--out', f'runs/{name}', *more]
        process = subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try: yield process
    finally:
        process.kill()
        process.wait()

def finish(home, name, process):
    assert process.wait(timeout=3600) == 0, (home/f'{name}.log').read_text()[-3000:]

@pytest.fixture(scope='session', autouse=True)
def calm(request, tmp_path_factory):
    """The whole book undisturbed, in the background from the first test on: (home, process).
    `home` is a folder in which runs/quick is that run, as if a reader had made it there."""
    if not any({*WAITING} & {*item.fixturenames} for item in request.session.items):
        yield None
        return
    home = tmp_path_factory.mktemp('home')
    with started(home, 'calm') as process:
        (home/'runs').mkdir(exist_ok=True)
        (home/'runs'/'quick').symlink_to('calm')
        yield home, process

INTERRUPTED = 'cleaning,attention,updater' # these are run a second time, and killed on the way

@pytest.fixture(scope='session')
def killed(tmp_path_factory):
    "Some chapters of the book, killed while attention and then training are at work, and started again each time."
    from wordembed.pipeline import chapters, choose
    home = tmp_path_factory.mktemp('home')
    run, kills = home/'runs'/'killed', []
    for sign in 'attention@*/shards/*.parquet', 'words@*/training/checkpoint.pt': # half-made artefacts
        with started(home, 'killed', '--only', INTERRUPTED) as process:
            wait_for(lambda: any((run/'.work').glob(sign)) or process.poll() is not None, 600, sign)
            family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
            process.send_signal(signal.SIGKILL)
            process.wait()
        left = sorted(p.name for p in (run/'.work').glob(sign))
        done = sorted(p.name[:-len('.ipynb.json')] for p in (run/'.stamps').glob('*.ipynb.json'))
        kills.append(SimpleNamespace(code=process.returncode, family=family, stamps=done, left=left))
        wait_for(lambda: not any(map(at_work, family)), 60, 'the kernels of the killed run to end')
    with started(home, 'killed', '--only', INTERRUPTED) as process: finish(home, 'killed', process)
    return SimpleNamespace(run=run, files=choose(chapters(), INTERRUPTED), kills=kills, log=(home/'killed.log').read_text())

@pytest.fixture(scope='session')
def trained(calm):
    "The run of the whole book as soon as its word vectors, `words` and `vectors`, are there; further chapters are at work meanwhile."
    home, process = calm
    stamp = home/'runs'/'calm'/'.stamps'/'19_fusion.ipynb.json'
    wait_for(lambda: stamp.exists() or process.poll() is not None, 3600, 'the word vectors')
    assert stamp.exists(), (home/'calm.log').read_text()[-3000:]
    return SimpleNamespace(home=home, calm=home/'runs'/'calm')

@pytest.fixture(scope='session')
def smoke(calm):
    "The finished run of the whole book; whoever asks for it waits for it, and is run last."
    from wordembed.pipeline import chapters
    home, process = calm
    finish(home, 'calm', process)
    return SimpleNamespace(home=home, files=chapters(), calm=home/'runs'/'calm')

MAKE = '''import sys
from wordembed.core import RunFolder, load_preset
from wordembed.own.background import background_of
background_of(RunFolder(sys.argv[1]), load_preset('smoke'))'''

@pytest.fixture(scope='session')
def background(tmp_path_factory):
    "The background of glossaries at the scale `smoke`, made outside the book, and killed on the way: its folder, and how each start ended."
    folder, codes = tmp_path_factory.mktemp('background')/'run', []
    command = [sys.executable, '-c', MAKE, str(folder)]
    for sign in 'cleaned', 'bag': # what is there; the next artefact is at work
        making = subprocess.Popen(command, cwd=folder.parent, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try: wait_for(lambda: any(folder.glob(sign)) or making.poll() is not None, 600, sign)
        finally: making.send_signal(signal.SIGKILL)
        codes.append(making.wait())
    done = call(*command, cwd=folder.parent)
    assert done.returncode == 0, done.stderr[-3000:]
    return SimpleNamespace(run=folder, codes=codes)

@pytest.fixture
def inside(monkeypatch, capfd):
    "The command `wordembed` in this process, so that libraries are loaded once for all; the answer is that of `call`."
    from wordembed.cli import main
    def wordembed(*args, cwd):
        monkeypatch.chdir(cwd)
        capfd.readouterr()
        code, (out, err) = main([str(a) for a in args]), capfd.readouterr()
        return SimpleNamespace(returncode=code, stdout=out, stderr=err)
    return wordembed

@pytest.fixture(scope='session')
def source_copy(tmp_path_factory):
    "A copy of the sources, in which tools may write."
    to = tmp_path_factory.mktemp('copy')/'wordembed'
    shutil.copytree(REPO, to, symlinks=True, ignore=shutil.ignore_patterns('.git', '.venv', 'runs', '_docs', '_proc', 'build', '*.egg-info', '__pycache__', '.pytest_cache'))
    return to
