"The tutorials, executed at a small scale against a background of the scale `smoke`; and the command on the cases that they stand for."
import json
import pytest
from conftest import BIN, REPO, call

TUTORIALS = sorted((REPO/'nbs'/'tutorials').glob('*.ipynb'))

@pytest.mark.parametrize('page', TUTORIALS, ids=lambda page: page.stem)
def test_tutorial_runs_at_small_scale(page, background, tmp_path):
    from wordembed.pipeline import execute
    execute(page, tmp_path/page.name, rows=40, background=str(background.run))

@pytest.mark.parametrize('page', TUTORIALS, ids=lambda page: page.stem)
def test_tutorial_exports_nothing_and_saves_no_error(page):
    for cell in json.loads(page.read_text(encoding='utf-8'))['cells']:
        assert '#| export' not in ''.join(cell['source']) and '#| default_exp' not in ''.join(cell['source'])
        assert not any(output['output_type'] == 'error' or output.get('name') == 'stderr' for output in cell.get('outputs', []))

def test_train_and_lookup_from_a_shell(background, inside, tmp_path):
    "Four terms become a space with a card; a file of somebody else is left alone; a description finds its term."
    (tmp_path/'terms.csv').write_text('Term;Definition\nRAM;memory that a machine writes and reads\nram;a male animal\nC++;a language that a machine can read\nflow;the way that water moves\n')
    done = call(BIN/'wordembed', 'train', 'terms.csv', '--to', 'space', '--background', background.run, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'saved: space' in done.stdout and (tmp_path/'space'/'card.md').exists()
    assert (tmp_path/'space'/'words.txt').read_text(encoding='utf-8').split() == ['RAM', 'ram', 'C++', 'flow']
    done = inside('train', 'terms.csv', '--to', 'no/such/../other', '--background', background.run, cwd=tmp_path)
    assert done.returncode == 0 and [path.name for path in (tmp_path/'no').iterdir()] == ['other'], done.stderr
    blank = inside('lookup', 'space', '  ', cwd=tmp_path)
    assert blank.returncode and 'no text to look for' in blank.stderr
    found = inside('lookup', 'space', 'a male animal', '-k', '1', cwd=tmp_path)
    assert found.returncode == 0 and found.stdout.split()[1] == 'ram', found.stderr
    (tmp_path/'notes').mkdir()
    (tmp_path/'notes'/'diary.txt').write_text('mine')
    refused = inside('train', 'terms.csv', '--to', 'notes', '--background', background.run, cwd=tmp_path)
    assert refused.returncode == 2 and refused.stderr.count('\n') == 1 and (tmp_path/'notes'/'diary.txt').read_text() == 'mine'

def test_train_is_a_name_of_the_package():
    code = "import sys, wordembed; assert 'torch' not in sys.modules; from wordembed import train; print(train.__name__)"
    assert call(BIN/'python', '-c', code, cwd=REPO).stdout.strip() == 'train'
