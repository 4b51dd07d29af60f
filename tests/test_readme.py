"Every command and every line of Python in README.md, run as a reader would, beside a finished run."
import re, shlex, shutil
import pytest
from conftest import BIN, REPO, call

README = (REPO/'README.md').read_text(encoding='utf-8') if (REPO/'README.md').exists() else ''
def fences(*languages):
    return [code for language, code in re.findall(r'^``` ?\{?\.?(\w+)\}?\n(.*?)^```', README, re.M | re.S) if language in languages]
COMMANDS = [line for block in fences('sh', 'bash', 'shell') for line in block.replace('\\\n', ' ').splitlines() if line.strip() and not line.startswith('#')]
PYTHON = '\n'.join(fences('python'))
SETUP = ('git clone', 'cd ', 'pip install', 'make test', 'python -m venv', 'python3 -m venv', 'source ', '.ci/run') # run by every CI job, and not inside a test

def test_readme_shows_the_two_commands():
    assert any(c.split('#')[0].strip() == 'make run' for c in COMMANDS) and any(c.split('#')[0].strip() == 'make test' for c in COMMANDS)

ALONE = ('wordembed project', 'wordembed inspect packaged-minilm') # these need no finished run
def lines(alone): return pytest.mark.parametrize('line', [c for c in COMMANDS if not c.startswith(SETUP) and c.startswith(ALONE) == alone])

@lines(alone=True)
def test_command_works_alone(line, tmp_path):
    done = call(*shlex.split(line), *['--preset', 'smoke'] * (' project ' in line), cwd=tmp_path)
    assert done.returncode == 0, done.stderr

@lines(alone=False)
def test_command_works_beside_a_run(line, smoke):
    words = shlex.split(line, comments=True)
    if words[0] == 'make': # its set-up has been done, and its scale here is that of the tests
        shown = call('make', '-n', *words[1:], cwd=REPO); assert shown.returncode == 0, shown.stderr
        if words[1] not in ('run', 'book'): return
        assert 'wordembed run --preset' in shown.stdout
        words = ['wordembed', 'run']
    if words[:2] == ['wordembed', 'run']:
        rest = [w for i, w in enumerate(words[2:]) if not {'--preset', '--out'} & {w, words[i + 1]}]
        words = ['wordembed', 'run', *rest, '--preset', 'smoke', '--out', 'runs/calm']
    if 'glossary.csv' in words: shutil.copy(REPO/'data'/'glossary.csv', smoke.home) # a reader's own file
    if words[:2] == ['wordembed', 'train']: # with a background that is there already
        words += ['--background', 'runs/quick']
    if 'tokens.csv' in words: # as the README describes it
        (smoke.home/'tokens.csv').write_text('token,gloss,definition\n[WOOL_SHOP],wool shop,a shop that sells yarn\n[BOOK_CLUB],book club,\n')
    assert (BIN/words[0]).exists() or words[0] == 'ls', f'{words[0]} is no command of this project'
    done = call(BIN/words[0] if (BIN/words[0]).exists() else words[0], *words[1:], cwd=smoke.home)
    assert done.returncode == 0, done.stderr

def test_index_says_what_has_not_run(source_copy, tmp_path):
    from wordembed.pipeline import code_cells, execute
    execute(source_copy/'nbs'/'index.ipynb', tmp_path/'index.ipynb') # beside a run folder that is empty
    outputs = [o for c in code_cells(tmp_path/'index.ipynb') for o in c['outputs']]
    shown = [''.join(o.get('data', {}).get('text/markdown', '')) for o in outputs]
    assert shown.count('*(not run)*') == 4

def test_python_works(smoke):
    if not PYTHON: pytest.skip('README.md shows no Python')
    shutil.copy(REPO/'data'/'glossary.csv', smoke.home)
    code = PYTHON.replace("train('glossary.csv'", "train('glossary.csv', background='runs/quick'")
    done = call(BIN/'python', '-c', code, cwd=smoke.home); assert done.returncode == 0, done.stderr

def test_readme_names_the_pool_of_the_neighbours_that_are_kept():
    from wordembed.core import load_preset
    assert f"held-out definitions, {load_preset('quick')['teachers']['heldout']:,} at `quick`" in (REPO/'README.md').read_text(encoding='utf-8')
