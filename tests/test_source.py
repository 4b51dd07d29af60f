"The sources: modules and notebooks agree, notebooks are clean and have the form of a chapter, nothing names a machine."
import ast, filecmp, json, re, socket, subprocess, sys
from configparser import ConfigParser
from importlib.metadata import packages_distributions
import pytest
from conftest import BIN, REPO, call, notebooks

def cells(path): return [{**c, 'source': ''.join(c['source'])} for c in json.loads(path.read_text(encoding='utf-8'))['cells']]
def settings():
    config = ConfigParser(delimiters=['=']); config.read(REPO/'settings.ini', encoding='utf-8')
    return config['DEFAULT']
def committed():
    "The files of the repository that are text: those known to git, and those that would be added."
    listed = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', '-z'], cwd=REPO, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split('\0')):
        if not (REPO/name).is_file(): continue
        try: yield name, (REPO/name).read_text(encoding='utf-8')
        except UnicodeDecodeError: pass
pages = pytest.mark.parametrize('page', notebooks(), ids=lambda p: p.stem)

def test_modules_are_what_the_notebooks_export(source_copy):
    done = call(BIN/'nbdev_export', cwd=source_copy); assert done.returncode == 0, done.stderr
    names = {p.name for folder in (REPO, source_copy) for p in (folder/'wordembed').glob('*.py')}
    _, differ, missing = filecmp.cmpfiles(REPO/'wordembed', source_copy/'wordembed', names, shallow=False)
    assert not differ + missing, f'not what the notebooks export: {sorted(differ + missing)}; run nbdev_export (modules are never edited by hand)'

def test_notebooks_are_clean(source_copy):
    before = {p.name: p.read_bytes() for p in notebooks()}
    done = call(BIN/'nbdev_clean', cwd=source_copy); assert done.returncode == 0, done.stderr
    dirty = [n for n, content in before.items() if (source_copy/'nbs'/n).read_bytes() != content]
    assert not dirty, f'not clean: {dirty}; run nbdev_clean'

@pages
def test_links_lead_to_chapters(page):
    told = ''.join(c['source'] for c in cells(page) if c['cell_type'] == 'markdown')
    gone = [name for name in re.findall(r'\]\((\w+\.ipynb)', told) if not (page.parent/name).exists()]
    assert not gone, f'links to chapters that are not there: {gone}'

def test_readme_is_the_index_page(tmp_path):
    from wordembed.pipeline import write_readme
    assert write_readme(REPO/'nbs'/'index.ipynb', tmp_path/'README.md').read_text() == (REPO/'README.md').read_text(), 'README.md is not made from nbs/index.ipynb; run make outputs'

@pages
def test_page_opens_with_title_subtitle_and_module(page):
    first, *rest = cells(page)
    assert first['cell_type'] == 'markdown' and re.match(r'# \S.*\n\n> \S', first['source']), 'the first cell is a title and a one-sentence subtitle'
    if page.stem != 'index':
        assert rest[0]['source'] == f'#| default_exp {page.stem[3:]}'
        assert '## What we learned' in ''.join(c['source'] + '\n' for c in rest if c['cell_type'] == 'markdown')

@pages
def test_parameters_cell_is_the_one_that_the_batch_job_knows(page):
    found = [c['source'] for c in cells(page) if 'parameters' in c['metadata'].get('tags', [])]
    if page.stem in ('00_core', '01_stats', '11_ask', 'index'): assert not found
    else: assert len(found) == 1 and re.fullmatch(r"#\| slow\npreset: str = 'quick' .*\nout: str = '' .*", found[0])

@pages
def test_figures_have_label_caption_and_alt_text(page):
    labels = []
    for c in cells(page):
        if c['cell_type'] != 'code' or re.search(r'^#\|\s*export', c['source'], re.M): continue
        if not re.search(r'^(\S.*; )?plt\.show\(\)', c['source'], re.M) and not any('image/png' in o.get('data', {}) for o in c['outputs']): continue
        options = dict(re.findall(r'^#\|\s*([\w-]+):\s*(.+)', c['source'], re.M))
        assert {'label', 'fig-cap', 'fig-alt'} <= set(options) and options['label'].startswith('fig-'), c['source'][:200]
        labels.append(options['label'])
    assert len(labels) == len(set(labels))

@pages
def test_outputs_are_fit_to_publish(page):
    for c in cells(page):
        for o in c.get('outputs', []):
            text = json.dumps(o)
            assert o.get('name') != 'stderr' and 'widget' not in ' '.join(o.get('data', {})), c['source'][:200]
            assert not re.search(r'(it|s)/(s|it)[\],]|\d%\|', text), f'a progress bar was saved: {c["source"][:200]}'
            assert o['output_type'] != 'error', c['source'][:200]

@pages
def test_imports_stand_in_cells_of_their_own(page):
    "Processing for the site runs a cell with a top-level import again, and would overwrite its output."
    for c in cells(page):
        if c['cell_type'] != 'code' or not c.get('outputs'): continue
        assert not any(isinstance(line, (ast.Import, ast.ImportFrom)) for line in ast.parse(c['source']).body), f'an import in a cell with an output: {c["source"][:200]}'

def test_nothing_names_a_machine():
    forbidden = re.compile('|'.join(['file:/' + '//', '/wo' + 'rk/', '/ro' + 'ot/', '/ho' + 'me/', '/Us' + 'ers/', '/o' + 'pt/', r'C:\\Us' + 'ers']))
    host = socket.gethostname()
    for name, text in committed():
        found = forbidden.search(text) or (len(host) > 5 and host in text and host)
        assert not found, f'{name} names a machine: {found}'

def test_import_is_light():
    heavy = ['torch', 'transformers', 'datasets', 'sentence_transformers', 'gensim', 'sklearn', 'pandas', 'matplotlib', 'seaborn', 'wn', 'wordfreq',
             'openai', 'papermill', 'nbformat', 'nbconvert', 'model2vec', 'umap', 'faiss', 'tensorboard', 'scipy']
    networks = {'projector'} # a module that defines torch classes needs torch; nothing else of the package imports it on the way
    modules = sorted({p.stem for p in (REPO/'wordembed').glob('[a-z]*.py')} - networks)
    code = 'import sys\n' + ''.join(f'import wordembed.{m}\n' for m in modules) + f'print([m for m in {heavy} if m in sys.modules])'
    done = call(sys.executable, '-c', code, cwd=REPO); assert done.stdout.strip() == '[]', done.stdout + done.stderr

def test_settings_name_every_package_that_is_imported():
    named = {re.split(r'[\[<>=!~]', r)[0].lower().replace('_', '-') for r in settings()['requirements'].split()}
    owners, lacking = packages_distributions(), set()
    for path in (REPO/'wordembed').glob('*.py'):
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            for top in {n.split('.')[0] for n in names} - set(sys.stdlib_module_names) - {'wordembed'}:
                if not named & {d.lower().replace('_', '-') for d in owners.get(top, [top])}: lacking.add(f'{path.name}: {top}')
    assert not lacking, f'settings.ini does not name {sorted(lacking)}'

def test_constraints_pin_every_requirement():
    pins = {line.split('==')[0].lower().replace('_', '-') for line in (REPO/'constraints.txt').read_text().splitlines() if '==' in line}
    named = {re.split(r'[\[<>=!~]', r)[0].lower().replace('_', '-') for k in ('requirements', 'dev_requirements') for r in settings()[k].split()}
    assert named <= pins, f'constraints.txt does not pin {sorted(named - pins)}'
    assert 'torch==2.13.0' in (REPO/'constraints.txt').read_text().split()

def test_presets_load():
    from wordembed.core import load_preset
    presets = {p.stem: load_preset(p.stem) for p in (REPO/'data'/'presets').glob('*.yaml')}
    assert {'smoke', 'quick', 'full', 'gpu'} <= set(presets)
    assert all(p.keys() == presets['quick'].keys() for p in presets.values())

def test_site_lists_every_page():
    listed = (REPO/'_quarto.yml').read_text(encoding='utf-8')
    assert not [p.name for p in notebooks() if p.name not in listed]
