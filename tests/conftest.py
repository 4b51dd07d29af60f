"What the checks share: the repository, the command, and two runs of the whole book at the scale `smoke`."
import json, os, shutil, signal, subprocess, sys, time
from pathlib import Path
from types import SimpleNamespace
import psutil, pytest

REPO = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ENV = {**os.environ, 'HF_HUB_OFFLINE': '1', 'OMP_NUM_THREADS': '1', 'PATH': f'{BIN}{os.pathsep}{os.environ["PATH"]}'}

def call(*command, cwd, **options):
    "Run a command to its end and keep what it printed."
    return subprocess.run([str(c) for c in command], cwd=cwd, env=ENV, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)

def notebooks(): return sorted((REPO/'nbs').glob('*.ipynb'))

def wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f'waited {seconds} s in vain for {what}'
        time.sleep(.1)

def without_timing(metrics):
    "Metrics without what a clock measured."
    if not isinstance(metrics, dict): return metrics
    return {k: without_timing(v) for k, v in metrics.items() if k != 'timing'}

def at_work(process):
    try: return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess: return False

INTERRUPTED = 'describe,cleaning,attention,uniform,updater' # these are run a second time, and killed on the way

@pytest.fixture(scope='session')
def smoke(tmp_path_factory):
    """Two runs at once: in `runs/calm` the whole book undisturbed; in `runs/killed` some chapters of it, killed while
    attention and then training are at work, and started again each time.
    `home` is a folder in which runs/quick is the undisturbed run, as if a reader had made it there."""
    from wordembed.pipeline import chapters, choose
    home = tmp_path_factory.mktemp('home')
    files = chapters()
    log = {name: open(home/f'{name}.log', 'w+') for name in ('calm', 'killed')}
    def start(name, *more):
        command = [str(BIN/'wordembed'), 'run', '--preset', 'smoke', '--out', f'runs/{name}', *more]
        return subprocess.Popen(command, cwd=home, env=ENV, stdin=subprocess.DEVNULL, stdout=log[name], stderr=log[name])
    def finish(name, process):
        assert process.wait(timeout=1200) == 0, (home/f'{name}.log').read_text()[-3000:]
    calm, killed = start('calm'), start('killed', '--only', INTERRUPTED)
    work, stamps = home/'runs'/'killed'/'.work', home/'runs'/'killed'/'.stamps'
    try:
        kills = []
        for sign in 'attention@*/shards/*.parquet', 'words@*/training/checkpoint.pt': # half-made artefacts
            wait_for(lambda: any(work.glob(sign)) or killed.poll() is not None, 600, sign)
            family = psutil.Process(killed.pid).children(recursive=True) if killed.poll() is None else []
            killed.send_signal(signal.SIGKILL)
            killed.wait()
            left = sorted(p.name for p in work.glob(sign))
            done = sorted(p.name[:-len('.ipynb.json')] for p in stamps.glob('*.ipynb.json'))
            kills.append(SimpleNamespace(code=killed.returncode, family=family, stamps=done, left=left))
            wait_for(lambda: not any(map(at_work, family)), 10, 'the kernels of the killed run to end')
            killed = start('killed', '--only', INTERRUPTED)
        finish('killed', killed)
        finish('calm', calm)
    finally:
        for process in calm, killed:
            if process.poll() is None: process.kill()
    (home/'runs'/'quick').symlink_to('calm')
    return SimpleNamespace(home=home, files=files, again=choose(files, INTERRUPTED), kills=kills, calm=home/'runs'/'calm', killed=home/'runs'/'killed')

@pytest.fixture(scope='session')
def source_copy(tmp_path_factory):
    "A copy of the sources, in which tools may write."
    to = tmp_path_factory.mktemp('copy')/'wordembed'
    shutil.copytree(REPO, to, symlinks=True, ignore=shutil.ignore_patterns('.git', '.venv', 'runs', '_docs', '_proc', 'build', '*.egg-info', '__pycache__', '.pytest_cache'))
    return to
