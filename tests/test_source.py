"The sources: modules and notebooks agree, notebooks are clean and have the form of a chapter, nothing names a machine."
import ast, filecmp, io, json, re, socket, subprocess, sys, tokenize
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from importlib.util import resolve_name
import pytest, yaml
from conftest import BIN, REPO, call, notebooks

def cells(path): return [{**c, 'source': ''.join(c['source'])} for c in json.loads(path.read_text(encoding='utf-8'))['cells']]
def settings():
    config = ConfigParser(delimiters=['=']); config.read(REPO/'settings.ini', encoding='utf-8')
    return config['DEFAULT']
def module_of(page):
    "What a page exports, seen from the package: 'words.attention'."
    found = re.search(r'^#\|\s*default_exp (\S+)', '\n'.join(c['source'] for c in cells(page)), re.M)
    return found and found[1]
def has(cell, flag): return cell['cell_type'] == 'code' and re.search(rf'^#\|\s*{flag}\b', cell['source'], re.M)
def exported(page): return [c['source'] for c in cells(page) if has(c, 'exporti?')]
def options(source): return '\n'.join(re.findall(r'^#\|\s*([\w-]+:(?:\s.*)?)$', source, re.M))
PARTS = {'0': '', '1': 'words.', '2': 'small.', '3': 'shape.', '4': 'tokens.', '5': 'encoder.', '6': 'own.', '9': ''}
def committed():
    "The files that git knows and that are text."
    listed = subprocess.run(['git', 'ls-files', '-z'], cwd=REPO, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split('\0')):
        if not (REPO/name).is_file(): continue
        try: yield name, (REPO/name).read_text(encoding='utf-8')
        except UnicodeDecodeError: pass
pages = pytest.mark.parametrize('page', notebooks(), ids=lambda p: p.stem)

def test_modules_are_what_the_notebooks_export(source_copy):
    done = call(BIN/'nbdev_export', cwd=source_copy); assert done.returncode == 0, done.stderr
    names = {str(p.relative_to(folder/'wordembed')) for folder in (REPO, source_copy) for p in (folder/'wordembed').rglob('*.py')}
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
    told += ''.join(''.join(o.get('data', {}).get('text/markdown', '')) for c in cells(page) for o in c.get('outputs', []))
    gone = [name for name in re.findall(r'\]\((\w+\.ipynb)', told) if not (page.parent/name).exists()]
    assert not gone, f'links to chapters that are not there: {gone}'

def test_readme_is_the_index_page(tmp_path):
    from wordembed.report import write_readme
    assert write_readme(REPO/'nbs'/'index.ipynb', tmp_path/'README.md').read_text() == (REPO/'README.md').read_text(), 'README.md is not made from nbs/index.ipynb; run make outputs'

@pages
def test_page_opens_with_title_subtitle_and_module(page):
    first, *rest = cells(page)
    assert first['cell_type'] == 'markdown' and re.match(r'# \S.*\n\n> \S', first['source']), 'the first cell is a title and a one-sentence subtitle'
    if page.stem != 'index':
        assert rest[0]['source'] == f'#| default_exp {PARTS[page.stem[0]]}{page.stem[3:]}'
        assert '## What we learned' in ''.join(c['source'] + '\n' for c in rest if c['cell_type'] == 'markdown')

def test_numbers_and_modules_are_used_once():
    numbers = [p.stem[:2] for p in notebooks() if p.stem != 'index']
    assert len(set(numbers)) == len(numbers)
    known = {f'{m.replace(".", "/")}.py' for m in map(module_of, notebooks()) if m}
    there = {str(p.relative_to(REPO/'wordembed')) for p in (REPO/'wordembed').rglob('[a-z]*.py')}
    assert there == known, 'a module without a page, or a page without a module'

@pages
def test_parameters_cell_is_the_one_that_the_batch_job_knows(page):
    found = [c['source'] for c in cells(page) if 'parameters' in c['metadata'].get('tags', [])]
    assert len(found) == any(re.search('^## On real words', c['source'], re.M) for c in cells(page))
    for source in found: assert re.fullmatch(r"#\| slow\npreset: str = 'quick' .*\nout: str = '' .*", source)

@pages
def test_chapter_reads_parameters_of_its_own_or_earlier_chapters(page):
    "So the fingerprint of a chapter needs no later section of the preset."
    from wordembed.core import load_preset
    number = {module_of(p).rpartition('.')[2]: int(p.stem[:2]) for p in notebooks() if module_of(p)}
    sections = {name for name, value in load_preset('quick').items() if isinstance(value, dict)}
    assert sections <= number.keys(), f'sections of no chapter: {sorted(sections - number.keys())}'
    read = {name for c in cells(page) if c['cell_type'] == 'code' for name in re.findall(r"""\bp\[['"](\w+)['"]\]""", c['source'])}
    later = {name for name in read & sections if page.stem != 'index' and number[name] > int(page.stem[:2])}
    assert not later, f'parameters of later chapters: {sorted(later)}'

@pages
def test_options_are_yaml(page):
    "Quarto stops at a caption with an unquoted colon."
    for c in cells(page):
        if c['cell_type'] != 'code' or not options(c['source']): continue
        try: found = yaml.safe_load(options(c['source']))
        except yaml.YAMLError as e: raise AssertionError(f'{e}: {c["source"][:300]}') from None
        assert isinstance(found, dict), c['source'][:300]

@pages
def test_computed_captions_stand_alone_and_hide_their_code(page):
    "A second output in a figure's cell would become a subfigure."
    for c in cells(page):
        if c['cell_type'] != 'code' or page.stem == '00_core' or has(c, 'exporti?') or has(c, 'hide'): continue
        shows = re.search(r'^\s*(caption|display\(Markdown)\(', c['source'], re.M)
        if shows: assert has(c, 'echo: false') and 'plt.show(' not in c['source'] and 'label: fig-' not in c['source'], c['source'][:300]

@pages
def test_colours_of_models_come_from_the_books_table(page):
    fixed = [c['source'][:200] for c in cells(page) if c['cell_type'] == 'code' and re.search(r"""['"]#[0-9a-fA-F]{6}['"]""", c['source'])]
    assert page.stem == '00_core' or not fixed, f'color_of gives a model the same colour in every figure: {fixed}'

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
    "Processing for the site walks the whole tree of a cell: one with an import anywhere in it is executed, and its saved output lost."
    for c in cells(page):
        if c['cell_type'] != 'code' or not (c.get('outputs') or 'label: fig-' in c['source']): continue
        code = '\n'.join(line for line in c['source'].split('\n') if not line.startswith(('!', '%')))
        found = any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(ast.parse(code)))
        assert not found, f'an import in a cell with an output: {c["source"][:300]}'

def test_pages_are_processed_for_the_site(source_copy):
    done = call(sys.executable, '-c', 'from nbdev.serve import proc_nbs; proc_nbs(force=True)', cwd=source_copy)
    assert done.returncode == 0, done.stderr[-3000:]
    made = source_copy/'_proc'
    assert {p.name for p in made.glob('*.ipynb')} == {p.name for p in notebooks()}
    assert {p.name for p in (made/'tutorials').glob('*.ipynb')} == {p.name for p in (REPO/'nbs'/'tutorials').glob('*.ipynb')}
    assert all((made/name).is_file() for name in ('_quarto.yml', 'styles.css', 'favicon.svg', 'references.bib', 'references.qmd'))
    def figures(path): return [len(c.get('outputs', [])) for c in cells(path) if has(c, 'label: fig-')]
    for page in notebooks(): assert figures(made/page.name) == figures(page), f'{page.stem}: outputs were lost'

@pages
def test_exported_code_fits_a_line(page):
    long = [line for source in exported(page) for line in source.split('\n') if len(line) > 120]
    assert not long, f'{len(long)} lines over 120 characters, such as: {long[0]}'

@pages
def test_parameter_comments_have_no_backticks(page):
    "nbdev makes links of them, which stand raw in the signature."
    for source in exported(page):
        tree = ast.parse(source)
        heads = [range(n.lineno, n.body[0].lineno) for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            inside = token.type == tokenize.COMMENT and any(token.start[0] in head for head in heads)
            assert not (inside and '`' in token.string), token.string

@pages
def test_imports_go_to_earlier_chapters(page):
    number = {f'wordembed.{module_of(p)}': int(p.stem[:2]) for p in notebooks() if module_of(p)}
    own = module_of(page)
    if not own: return
    package = f'wordembed.{own}'.rpartition('.')[0]
    for source in exported(page):
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.ImportFrom): continue
            base = resolve_name('.' * node.level + (node.module or ''), package) if node.level else node.module
            for name in [base, *(f'{base}.{a.name}' for a in node.names)]:
                assert number.get(name, -1) < int(page.stem[:2]), f'{own} imports {name}, which comes later'

def test_nothing_names_a_machine():
    forbidden = re.compile('|'.join(['file:/' + '//', '/wo' + 'rk/', '/ro' + 'ot/', '/ho' + 'me/', '/Us' + 'ers/', '/o' + 'pt/', r'C:\\Us' + 'ers']))
    host = socket.gethostname() # names such as 'ubuntu' or 'server' are words, and name no machine
    if not re.search(r'\d', host) or len(host) < 6: host = ''
    for name, text in committed():
        found = forbidden.search(text) or (host and host in text and host)
        assert not found, f'{name} names a machine: {found}'

def test_command_answers_at_once():
    "What `wordembed --help` imports."
    heavy = ['torch', 'transformers', 'datasets', 'sentence_transformers', 'gensim', 'sklearn', 'pandas', 'numpy', 'scipy', 'matplotlib',
             'seaborn', 'wn', 'wordfreq', 'openai', 'papermill', 'nbformat', 'nbconvert', 'model2vec', 'umap', 'faiss', 'tensorboard']
    code = f'import sys, wordembed, wordembed.core, wordembed.cli; print([m for m in {heavy} if m in sys.modules])'
    done = call(sys.executable, '-c', code, cwd=REPO)
    assert done.stdout.strip() == '[]', done.stdout + done.stderr

def test_settings_name_every_package_that_is_imported():
    named = {re.split(r'[\[<>=!~]', r)[0].lower().replace('_', '-') for r in settings()['requirements'].split()}
    owners, lacking = packages_distributions(), set()
    for path in (REPO/'wordembed').rglob('*.py'):
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
    site = yaml.safe_load((REPO/'_quarto.yml').read_text(encoding='utf-8'))
    listed = []
    for entry in site['website']['sidebar']['contents']: listed += entry.get('contents', [entry])
    tutorials = sorted(f'tutorials/{p.name}' for p in (REPO/'nbs'/'tutorials').glob('*.ipynb'))
    assert [e['href'] for e in listed] == ['index.ipynb', *[p.name for p in notebooks() if p.stem != 'index'], *tutorials, 'references.qmd']
    assert all(e['text'][:3] == e['href'][:2] + ' ' for e in listed if e['href'][0].isdigit()), 'a chapter stands under its number'
    assert list(site['format']) == ['html'], 'commonmark without keep-md stops Quarto'

def test_references_say_where_they_are():
    entries = (REPO/'nbs'/'references.bib').read_text(encoding='utf-8').split('@misc')[1:]
    keys = [re.match(r'\{(\w+),', e)[1] for e in entries]
    assert len(set(keys)) == len(keys) and all(re.search(r'^  (doi|url) = ', e, re.M) for e in entries)
