"The whole book as one batch job, killed and resumed, and what it leaves behind."
import json, re, time
import pytest
from conftest import BIN, REPO, call, without_timing

def metrics(run): return json.loads((run/'metrics.json').read_text(encoding='utf-8'))

def test_every_chapter_ran_and_logged(smoke):
    for run in smoke.calm, smoke.killed:
        assert sorted(p.stem for p in run.glob('*.ipynb')) == smoke.names
        cost = metrics(run)['pipeline']['timing']
        assert sorted(cost['seconds']) == sorted(cost['memory_mb']) == smoke.names
        assert {n[3:] for n in smoke.names} - {'pipeline'} <= set(metrics(run))

def test_kills_were_in_the_middle_of_an_artefact(smoke):
    assert len(smoke.kills) == 2
    for kill in smoke.kills: assert kill.code == -9 and kill.family and kill.left and 0 < len(kill.stamps) < len(smoke.names)

def test_resumed_run_ends_with_the_same_numbers(smoke):
    calm, killed = without_timing(metrics(smoke.calm)), without_timing(metrics(smoke.killed))
    assert killed == calm

def test_resumed_run_repeated_no_finished_chapter(smoke):
    log = (smoke.home/'killed.log').read_text()
    for name in smoke.names: assert len(re.findall(rf'{name}: [\d.]+ s', log)) == 1

def test_second_run_executes_nothing(smoke):
    files = [*smoke.calm.glob('*.ipynb'), smoke.calm/'metrics.json', smoke.calm/'report.html']
    before, start = [f.stat().st_mtime_ns for f in files], time.monotonic()
    done = call(BIN/'wordembed', 'run', '--preset', 'smoke', '--out', 'runs/calm', cwd=smoke.home)
    assert done.returncode == 0 and time.monotonic() - start < 20, done.stderr
    assert [f.stat().st_mtime_ns for f in files] == before

def test_report_is_one_page_that_needs_nothing_else(smoke):
    page = (smoke.calm/'report.html').read_text(encoding='utf-8')
    for name in smoke.names: assert f'<h2 id="{name}">' in page and f'href="#{name}"' in page
    assert page.count('<img ') > len(smoke.names) / 2 and '<table' in page
    assert not re.search(r'''(?i)<script|<link|@import|(src|url)\s*[=(]\s*["']?(?!["']?data:)[\w./:]+''', re.sub(r'base64,[^"]*', 'data:', page))
    assert all('alt="' in tag and 'alt=""' not in tag for tag in re.findall(r'<img [^>]*?src', page)), 'a figure has no alt text'

def test_metrics_hold_no_machine_paths(smoke):
    assert str(smoke.home) not in (smoke.calm/'metrics.json').read_text()

def test_a_small_dictionary_of_ones_own_goes_through(tmp_path):
    "No benchmark pair, few words that describe each other, hardly anything to hold out: chapters say so and go on."
    (tmp_path/'mine.yaml').write_text(f'describe: {{source: {REPO/"data"/"raw_descriptions.json"}, words: 0}}\nattention: {{sample: 20}}\n'
                                      'evaluation: {epochs: 1, bootstrap: 20}\nupdater: {epochs: 2, batch: 32, ablation_epochs: 1, ablation_seeds: 1}\n')
    done = call(BIN/'wordembed', 'run', '--preset', 'mine.yaml', '--out', 'run', '--only', '03,07', cwd=tmp_path); assert done.returncode == 0, done.stderr
    assert call(BIN/'wordembed', 'nearest', 'run/words', 'cow', cwd=tmp_path).returncode == 0
