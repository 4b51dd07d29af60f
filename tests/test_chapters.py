"""The toys of every chapter. The run of the book executes them too, with the slow cells that `nbdev_test` skips; so `nbdev_test` has
news for us only of pages that the book leaves out, and of those where a skipped cell would have made a difference to a later toy."""
import builtins, symtable
import pytest
from conftest import BIN, REPO, call, notebooks
from test_source import cells, has

def names(source):
    "The names that a cell binds, those that it reads at once, and those that its functions read when they are called."
    code = '\n'.join('' if line.startswith(('!', '%')) else line for line in source.split('\n'))
    page = symtable.symtable(code, 'cell', 'exec')
    bound = {s.get_name() for s in page.get_symbols() if s.is_assigned() or s.is_imported()}
    now, later = {s.get_name() for s in page.get_symbols() if s.is_referenced()}, set()
    tables = page.get_children()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        later |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and s.is_global()}
    return bound, now - bound, later - bound

def names_from_slow_cells(sources):
    "Of the code of cells in their order, as (is slow, source): the names that quick cells read and that slow cells bound, alone or last."
    known = {*dir(builtins), 'display', 'get_ipython'}
    quick = known.union(*[names(source)[0] for is_slow, source in sources if not is_slow])
    by_slow, found = dict.fromkeys(known, False), set()
    for is_slow, source in sources:
        bound, now, later = names(source)
        if not is_slow: found |= {name for name in now if by_slow.get(name, True)} | later - quick
        by_slow |= dict.fromkeys(bound, is_slow)
    return found

@pytest.mark.parametrize('slow, quick', [('p = 1', 'p + 1'), ('p = 1', 'def f(): return p'), ('import p', 'p.a'), ('toy = 2', 'toy + 1'),
                                         ('def p(): pass', 'q = p'), ('for p in "ab": pass', 'f"{p}"')])
def test_names_from_slow_cells_are_found(slow, quick):
    assert names_from_slow_cells([(False, 'toy = 1'), (True, slow), (False, quick)])
    assert not names_from_slow_cells([(False, 'toy = 1'), (True, slow), (False, slow), (False, quick)])

def needs_nbdev_test(page):
    sources = [(bool(has(c, 'slow') or has(c, 'gpu')), c['source']) for c in cells(page) if c['cell_type'] == 'code']
    return not any(is_slow for is_slow, _ in sources) or names_from_slow_cells(sources)

def test_toys_that_the_book_does_not_show():
    from wordembed.pipeline import chapters
    run = {chapter.stem for chapter in chapters()}
    chosen = [page.stem for page in notebooks() if page.stem not in run or needs_nbdev_test(page)]
    done = call(BIN/'nbdev_test', '--n_workers', '1', '--file_re', rf'^({"|".join(chosen)})\.ipynb$', cwd=REPO)
    assert done.returncode == 0, done.stdout + done.stderr
