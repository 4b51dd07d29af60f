"What `wordembed inspect` says of spaces whose truth is known, since they were made here."
import re
import numpy as np, pandas as pd, pytest
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2Model, PreTrainedTokenizerFast
from wordembed.core import WordEmbedError
from wordembed.exchange import to_static_embedding
from wordembed.shape.advice import advise, is_safe
from wordembed.shape.card import JudgedWords, figures, read_rows, try_remedies
from wordembed.shape.inspection import inspect, inspect_command
from wordembed.shape.threshold import Calibration, calibrate
from wordembed.small.fidelity import fit_svd, overlap
from wordembed.small.teachers import load_model
from wordembed.space import WordSpace
from wordembed.stats import nearest_rows, unit_rows

def rng(seed=0): return np.random.default_rng(seed)
def noise(n=2000, d=48, seed=0): return rng(seed).standard_normal((n, d)).astype(np.float32)
def axis(i, d=48): return np.eye(d, dtype=np.float32)[i]
def turn(d=48): return np.linalg.qr(noise(d, d, 9))[0]
def clusters(k, distance=9):
    "Rows around k random directions, equally many around each, in a random order."
    centres = unit_rows(noise(k, seed=7))
    return (distance * centres[rng(1).integers(0, k, 2000)] + noise()).astype(np.float32)
def with_copies(n, share, d=48):
    "Rows of which a share equals an earlier row."
    X = noise(n, d)
    X[rng(2).permutation(n)[:round(n * share)]] = X[-1] = X[0]
    return X

QUIET = 'clusters', 'hubs', 'rogue', 'small', 'cone' # rules without a reason to speak in a cloud without meaning
RECIPES = { # name -> rows, what must be said (rule, what it is about), rules that must not speak
    'spectrum 1/j': (noise(2400, 192) / np.arange(1, 193)**.5, {}, {'clusters', 'hubs', 'rogue', 'cone', 'random'}),
    'spectrum 1/j, turned': (noise() / np.arange(1, 49)**.5 @ turn(), {('fine', '')}, {*QUIET, 'random'}),
    'one dimension 100 times as wide': (noise() * np.where(np.arange(48) == 0, 100, 1), {('rogue', '0')}, {'clusters', 'hubs', 'random'}),
    'isotropic': (noise(), {('random', '')}, {*QUIET, 'fine'}),
    'cone': (noise() + 1, {('cone', ''), ('random', '')}, {*QUIET} - {'cone'}),
    'tight cone': (noise() + 30, {('cone', ''), ('random', '')}, {*QUIET} - {'cone'}),
    'two clusters': (clusters(2), {('clusters', '2')}, {'hubs', 'rogue', 'random', 'small'}),
    'three clusters': (clusters(3), {('clusters', '3')}, {'hubs', 'rogue', 'random', 'small'}),
    'nine clusters': (clusters(9), {('clusters', '9')}, {'hubs', 'rogue', 'random', 'small'}),
    'rogue dimension with a mean': (noise() + 8 * axis(7), {('rogue', '7'), ('cone', '')}, {'clusters', 'hubs', 'small'}),
    'rogue dimension with mean 0': (noise() * (1 + 9 * axis(7)), {('rogue', '7')}, {'clusters', 'hubs', 'cone'}),
    'two rogue dimensions': (noise() + 9 * axis(7) - 10 * axis(30), {('rogue', '30, 7'), ('cone', '')}, {'clusters', 'hubs'}),
    '20 % copies': (with_copies(2000, .2), {('rows', 'copies'), ('random', '')}, {*QUIET}),
    'six dimensions inside 48': (noise(2000, 6) @ noise(6, 48, 3) + .02 * noise(seed=4), {('small', 'SVD to 6')}, {'clusters', 'hubs', 'rogue'}),
    'twenty rows that are near to all': (1 + noise() * np.where(np.arange(2000) % 99, 1, .2)[:, None], {('hubs', '')}, {'clusters', 'rogue'}),
}

def advice_of(X): return inspect(np.asarray(X, dtype=np.float32), pairs=20_000).advice
def pairs_of(advice): return {(one.rule, one.what) for one in advice}

@pytest.mark.parametrize('name', RECIPES)
def test_two_halves_get_the_same_advice_and_it_is_what_was_built_in(name):
    X, must, must_not = RECIPES[name]
    given = [pairs_of(advice_of(half)) for half in (X[::2], X[1::2])]
    assert given[0] == given[1]
    assert {*must} <= given[0] and not must_not & {rule for rule, _ in given[0]}, given

def test_what_is_said_of_a_smaller_space_holds_on_new_rows():
    def rows(seed): return noise(1200, 192, seed) / np.arange(1, 193)**.5
    tried = try_remedies(rows(1))['SVD to 96']
    new = rows(2)[:600] # as many as were judged
    cut = fit_svd(rows(3)[:600], 96).encode(new)
    kept = overlap(nearest_rows(new, 10), nearest_rows(cut, 10), 10).mean()
    assert abs(tried['kept'] - kept) < .03 and abs(tried['held'] - (cut**2).sum(1).mean()) < .01

def test_a_step_that_harms_words_neighbours_or_clusters_is_not_recommended():
    X, _, _ = RECIPES['six dimensions inside 48']
    f, rows = figures(read_rows(X)) | dict(cut=0), read_rows(X).sample
    pairs = rng(6).integers(0, 200, (300, 2))
    words = noise(200, seed=5) # they differ in all dimensions
    scores = (unit_rows(words)[pairs[:, 0]] * unit_rows(words)[pairs[:, 1]]).sum(1)
    def rules(tried): return {(one.rule, one.what) for one in advise(f, Calibration.fit(rows, 20_000), tried)}
    tried = try_remedies(rows), try_remedies(rows, JudgedWords(words, pairs, scores), times=200)
    assert ('small', 'SVD to 6') in rules(tried[0]) and 'small' not in dict(rules(tried[1]))
    assert tried[1]['SVD to 6']['gain_high'] < 0 and tried[1]['SVD to 6']['kept'] > .9
    three = try_remedies(clusters(3), clusters=3)
    assert three['untreated']['silhouette'] > .5 and three['whitening']['silhouette'] < .3
    assert not is_safe(three['whitening'], three['untreated']) and is_safe(three['untreated'], three['untreated'])

@pytest.mark.parametrize('name', ['tight cone', 'isotropic', 'spectrum 1/j', 'rogue dimension with mean 0', 'three clusters'])
def test_a_printed_threshold_passes_what_it_says(name):
    X = RECIPES[name][0].astype(np.float32)
    text = advice_of(X[::2])[0].text
    printed, low, high = (float(number) for number in re.match(r'Call a cosine high above (\S+) \((\S+) to (\S+)\)', text).groups())
    assert low <= printed <= high < 1
    other = Calibration.fit(X[1::2], 100_000) # rows that the threshold has not seen
    assert .006 < other.p_value(printed) < .016

def test_copies_are_counted_over_all_rows():
    page = inspect(np.repeat(noise(20_000, 8), 2, axis=0), sample=500, pairs=20_000)
    assert page.figures['copies'] == 20_000
    assert any('20,000 of 40,000 rows (50.0%)' in one.text for one in page.advice)
    alone = inspect(noise(20_000, 8), sample=500, pairs=20_000) # copies change no measure of all rows
    for name in 'average_cosine', 'isoscore', 'strongest_share': assert page.figures[name] == pytest.approx(alone.figures[name], abs=1e-6)

def test_a_card_has_one_isoscore_and_says_first_what_was_inspected():
    X = noise()
    X[0] *= 1e6 # one long row
    page = inspect(X, pairs=20_000)._repr_markdown_()
    assert sum('IsoScore' in line for line in page.splitlines() if line.startswith('|')) == 1
    assert page.splitlines()[0].startswith('**ndarray**, a matrix: 2,000 rows of 48 dimensions (its own rows)')

def test_cut_texts_are_no_doubles_to_remove(tmp_path):
    model = load_model('packaged-minilm', 'cpu')
    model.max_seq_length = 8
    texts = [f'{start} and this is how a long text begins, {end}' for start in ('a', 'b', 'c', 'd', 'e') * 6 for end in range(6)]
    card = inspect(model, texts + [f'short {i}' for i in range(30)], pairs=2000)
    assert card.figures['copies'] == 25 and card.figures['cut'] == 30
    said = {one.what: one.text for one in card.advice if one.rule == 'rows'}
    assert '30 texts are longer than the model reads' in said['cut'] and 'count as copies' in said['cut']
    with pytest.raises(WordEmbedError, match='number 1 is None'): inspect(model, ['a', None] * 20)

def test_the_tokens_of_a_static_model_are_called_so(tmp_path):
    words = [f'w{i}' for i in range(60)]
    to_static_embedding(WordSpace(words, noise(60, 8))).save(str(tmp_path/'static'))
    assert inspect_command(str(tmp_path/'static')).startswith('**static**, a static model: 60 rows of 8 dimensions (its tokens)')
    (tmp_path/'texts.txt').write_text('\n'.join(f'{a} {b}' for a in words[:8] for b in words[8:16]))
    assert '(lines of texts.txt)' in inspect_command(str(tmp_path/'static'), str(tmp_path/'texts.txt')).splitlines()[0]

def test_numbers_are_dimensions_only_where_they_are_meant(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    X = noise(300, 8)
    table = dict(text=[f'text {i}' for i in range(300)], id=np.arange(300) + 10**6, score=np.linspace(0, 1, 300))
    pd.DataFrame(table | {f'emb_{i}': X[:, i] for i in range(8)}).to_parquet('wide.parquet')
    pd.DataFrame(table | dict(vector=list(X))).to_parquet('lists.parquet')
    for name in 'wide.parquet', 'lists.parquet': assert inspect(name, pairs=2000).figures['average_cosine'] == inspect(X, pairs=2000).figures['average_cosine']
    assert inspect('wide.parquet', columns='text,emb_1,emb_2', pairs=2000).figures['dimensions'] == 2
    assert inspect('wide.parquet', columns='text,emb_*,score', pairs=2000).figures['dimensions'] == 9 # it was asked for
    pd.DataFrame(table).to_parquet('none.parquet')
    with pytest.raises(WordEmbedError, match='names such as emb_0'): inspect('none.parquet')
    with pytest.raises(WordEmbedError, match='no column is called nowhere'): inspect('wide.parquet', columns='nowhere')
    codes = dict(integers=(100 * X).astype(np.int32), truth=X > 0, packed=np.packbits(X > 0, axis=1), int8=(30 * X).astype(np.int8))
    for name, code in codes.items():
        np.save(f'{name}.npy', code)
        save_file(dict(vectors=code), f'{name}.safetensors')
        for what in code, f'{name}.npy', f'{name}.safetensors':
            with pytest.raises(WordEmbedError, match='codes or packed bits'): inspect(what)
    np.save('half.npy', X.astype(np.float16))
    assert inspect('half.npy', pairs=2000).figures['average_cosine'] == pytest.approx(inspect(X, pairs=2000).figures['average_cosine'], abs=1e-3)
    for table in pd.DataFrame(X), csr_matrix(X):
        with pytest.raises(WordEmbedError, match='a table or a sparse matrix'): inspect(table)

def test_a_tokenizer_without_a_padding_token(tmp_path):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.train_from_iterator(['wool shop', 'a boat'], trainers.BpeTrainer(initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(tmp_path/'gpt')
    GPT2Model(GPT2Config(vocab_size=tokenizer.get_vocab_size(), n_embd=16, n_layer=2, n_head=2)).eval().save_pretrained(tmp_path/'gpt')
    model = load_model(tmp_path/'gpt', 'cpu')
    texts = ['wool', 'a long text beside a short one, so that one of them is padded']
    assert np.allclose(model.encode(texts), [model.encode(text) for text in texts], atol=1e-5)

class HalfPrecision:
    "A model in float16, whose vectors are so long that their squares overflow there."
    def __init__(self, seed): self.seed = seed
    def encode(self, texts, **options):
        return np.stack([400 * noise(1, 16, [self.seed, *text.encode()])[0] for text in texts]).astype(np.float16)

def test_another_model_is_refused_in_half_precision_too():
    texts = [f'text {i}' for i in range(60)]
    calibration = calibrate(HalfPrecision(1), texts, pairs=1000)
    assert np.isfinite(calibration.probe[1]).all()
    calibration.check(HalfPrecision(1))
    with pytest.raises(WordEmbedError, match='was made with another model'): calibration.check(HalfPrecision(2))
    broken = type('Broken', (), dict(encode=lambda self, texts, **options: np.full((len(texts), 16), np.nan, np.float32)))()
    with pytest.raises(WordEmbedError, match='was made with another model'): calibration.check(broken)
    with pytest.raises(WordEmbedError, match='this is one text'): calibrate(HalfPrecision(1), 'a plain text of 24 letters')
