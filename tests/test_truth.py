"What `wordembed inspect` says of spaces whose truth is known, since they were made here."
import re
import numpy as np, pandas as pd, pytest
from wordembed.core import WordEmbedError
from wordembed.shape.advice import advise, has_clusters
from wordembed.shape.card import JudgedWords, figures, find_clusters, null_rows, read_rows, try_remedies
from wordembed.shape.inspection import inspect, inspect_command
from wordembed.shape.neighbours import hubness
from wordembed.shape.remedies import fit_whitening
from wordembed.shape.threshold import Calibration, calibrate
from wordembed.small.fidelity import fit_svd, overlap
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
