"The whole book as one batch job, killed and resumed, and what it leaves behind."
import json, re, time
from conftest import BIN, REPO, call, without_timing

def metrics(run): return json.loads((run/'metrics.json').read_text(encoding='utf-8'))

def test_every_chapter_ran_and_logged(smoke, killed):
    for run, files in (smoke.calm, smoke.files), (killed.run, killed.files):
        names = [f.stem for f in files]
        assert sorted(p.stem for p in run.glob('*.ipynb')) == names
        cost = metrics(run)['pipeline']['timing']
        assert sorted(cost['seconds']) == sorted(cost['memory_mb']) == names
        logging = {f.name for f in files if f"run.log('{f.name}'" in f.path.read_text(encoding='utf-8')}
        assert logging and logging <= set(metrics(run))

def test_kills_were_in_the_middle_of_an_artefact(killed):
    assert len(killed.kills) == 2
    for kill in killed.kills: assert kill.code == -9 and kill.family and kill.left and 0 < len(kill.stamps) < len(killed.files)

def test_resumed_run_ends_with_the_same_numbers(smoke, killed):
    undisturbed, resumed = without_timing(metrics(smoke.calm)), without_timing(metrics(killed.run))
    for f in killed.files: assert resumed.get(f.name) == undisturbed.get(f.name), f.name

def test_resumed_run_repeated_no_finished_chapter(killed):
    for f in killed.files: assert len(re.findall(rf'{f.stem}: [\d.]+ s', killed.log)) == 1

def test_second_run_executes_nothing(smoke):
    files = [*smoke.calm.glob('*.ipynb'), smoke.calm/'metrics.json', smoke.calm/'report.html']
    before, start = [f.stat().st_mtime_ns for f in files], time.monotonic()
    done = call(BIN/'wordembed', 'run', '--preset', 'smoke', '--out', 'runs/calm', cwd=smoke.home)
    whole = sum(metrics(smoke.calm)['pipeline']['timing']['seconds'].values()) # so much took the first run, on this machine
    assert done.returncode == 0 and time.monotonic() - start < whole / 8, done.stderr
    assert [f.stat().st_mtime_ns for f in files] == before

def test_a_part_that_ran_alone_is_not_run_again_by_the_book(smoke, killed):
    from wordembed.core import RunFolder
    prints = [RunFolder(run).fingerprint('17_updater.ipynb') for run in (smoke.calm, killed.run)]
    assert prints[0] and prints[0] == prints[1]

def test_report_opens_with_the_space_and_keeps_real_words_alone(smoke):
    from nbformat import read
    from wordembed.report import results_of
    page = (smoke.calm/'report.html').read_text(encoding='utf-8')
    opening = page[:page.index('<h2 id="')]
    assert opening.count('<img ') == 1
    order = [opening.index(f'>{title}</h2>') for title in ('Scores beside the baselines', 'Neighbours', 'Times', 'Files', 'Chapters')]
    assert order == sorted(order) and opening.index('<img ') < order[0]
    shown = [f.stem for f in smoke.files if results_of(read(smoke.calm/f.path.name, 4))]
    assert shown == re.findall(r'<h2 id="(\d\d_\w+)">', page) and len(shown) > len(smoke.files) / 2

def test_report_is_one_page_that_needs_nothing_else(smoke):
    page = (smoke.calm/'report.html').read_text(encoding='utf-8')
    assert not re.search(r'''(?i)<script|<link|@import|(src|url)\s*[=(]\s*["']?(?!["']?data:)[\w./:]+''', re.sub(r'base64,[^"]*', 'data:', page))
    assert all('alt="' in tag and 'alt=""' not in tag for tag in re.findall(r'<img [^>]*?src', page)), 'a figure has no alt text'

def test_metrics_hold_no_machine_paths(smoke):
    assert str(smoke.home) not in (smoke.calm/'metrics.json').read_text()

def test_a_small_dictionary_of_ones_own_goes_through(tmp_path):
    "No benchmark pair, few words that describe each other, hardly anything to hold out: chapters say so and go on."
    source = REPO/'data'/'raw_descriptions.json'
    (tmp_path/'mine.yaml').write_text(f'describe: {{source: {source}, words: 0}}\nattention: {{sample: 20}}\nupdater: {{epochs: 2, batch: 32}}\n')
    done = call(BIN/'wordembed', 'run', '--preset', 'mine.yaml', '--out', 'run', '--only', '13,17', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert call(BIN/'wordembed', 'nearest', 'run/words', 'cow', cwd=tmp_path).returncode == 0
