"Every command and every line of Python in README.md, run as a reader would, beside a finished run."
import re, shlex, shutil
from functools import partial
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
def kind_of(line):
    "Which parts of a finished run a command needs."
    if line.startswith(ALONE): return 'alone'
    whole = line.startswith(('make', 'wordembed run', 'ls')) or 'causal_lm' in line
    return 'beside a book' if whole else 'beside words'
def lines(kind): return pytest.mark.parametrize('line', [c for c in COMMANDS if not c.startswith(SETUP) and kind_of(c) == kind])

@lines('alone')
def test_command_works_alone(line, tmp_path, inside, monkeypatch):
    "At the scale of the tests."
    from wordembed.shape import inspection
    monkeypatch.setattr(inspection, 'inspect', partial(inspection.inspect, sample=300, pairs=20_000))
    program, *words = shlex.split(line)
    assert (BIN/program).exists() and program == 'wordembed'
    done = inside(*words, *['--preset', 'smoke'] * ('project' in words), cwd=tmp_path)
    assert done.returncode == 0, done.stderr

@lines('beside words')
def test_command_works_beside_words(line, trained, background, inside):
    works(line, trained.home, background, inside)

@lines('beside a book')
def test_command_works_beside_a_book(line, smoke, background, inside):
    works(line, smoke.home, background, inside)

def works(line, home, background, inside):
    words = shlex.split(line, comments=True)
    if words[0] == 'make': # its set-up has been done, and its scale here is that of the tests
        shown = call('make', '-n', *words[1:], cwd=REPO); assert shown.returncode == 0, shown.stderr
        if words[1] not in ('run', 'book'): return
        assert 'wordembed run --preset' in shown.stdout
        words = ['wordembed', 'run']
    if words[:2] == ['wordembed', 'run']:
        rest = [w for i, w in enumerate(words[2:]) if not {'--preset', '--out'} & {w, words[i + 1]}]
        words = ['wordembed', 'run', *rest, '--preset', 'smoke', '--out', 'runs/calm']
    if 'glossary.csv' in words: shutil.copy(REPO/'data'/'glossary.csv', home) # a reader's own file
    if words[:2] == ['wordembed', 'train']: # with a background that is there already
        words += ['--background', str(background.run)]
    if 'tokens.csv' in words: # as the README describes it
        (home/'tokens.csv').write_text('token,gloss,definition\n[WOOL_SHOP],wool shop,a shop that sells yarn\n[BOOK_CLUB],book club,\n')
    assert (BIN/words[0]).exists() or words[0] == 'ls', f'{words[0]} is no command of this project'
    if words[0] == 'wordembed' and words[1] != 'run': done = inside(*words[1:], cwd=home)
    else: done = call(BIN/words[0] if (BIN/words[0]).exists() else words[0], *words[1:], cwd=home)
    assert done.returncode == 0, done.stderr

def test_index_says_what_has_not_run(source_copy, tmp_path):
    from wordembed.pipeline import code_cells, execute
    execute(source_copy/'nbs'/'index.ipynb', tmp_path/'index.ipynb') # beside a run folder that is empty
    outputs = [o for c in code_cells(tmp_path/'index.ipynb') for o in c['outputs']]
    shown = [''.join(o.get('data', {}).get('text/markdown', '')) for o in outputs]
    assert shown.count('*(not run)*') == 4

def test_python_works(trained, background):
    if not PYTHON: pytest.skip('README.md shows no Python')
    shutil.copy(REPO/'data'/'glossary.csv', trained.home)
    code = PYTHON.replace("train('glossary.csv'", f"train('glossary.csv', background={str(background.run)!r}")
    done = call(BIN/'python', '-c', code, cwd=trained.home); assert done.returncode == 0, done.stderr

def test_readme_names_the_pool_of_the_neighbours_that_are_kept():
    from wordembed.core import load_preset
    assert f"held-out definitions, {load_preset('quick')['teachers']['heldout']:,} at `quick`" in (REPO/'README.md').read_text(encoding='utf-8')
