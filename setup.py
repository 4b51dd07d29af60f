"Reads everything from settings.ini; copies the chapters and data/ into the package, so that an installed wordembed can run them."
from configparser import ConfigParser
from pathlib import Path
import shutil
from setuptools import setup, find_packages
from setuptools.command.build_py import build_py

here = Path(__file__).parent
config = ConfigParser(delimiters=['='])
config.read(here/'settings.ini', encoding='utf-8')
settings = config['DEFAULT']
name = settings['lib_name']
readme = here/'README.md'

def no_chapter(folder, names):
    "What of nbs/ belongs to the site alone."
    return [n for n in names if not n.endswith('.ipynb')]

class BuildWithBook(build_py):
    "Puts `nbs/` and `data/` beside the modules, as `wordembed/_book/`."
    def run(self):
        super().run()
        if getattr(self, 'editable_mode', False): return
        book = Path(self.build_lib)/name/'_book'
        shutil.rmtree(book, ignore_errors=True)
        shutil.copytree(here/'data', book/'data')
        shutil.copytree(here/'nbs', book/'nbs', ignore=no_chapter)

setup(
    name=name,
    version=settings['version'],
    description=settings['description'],
    keywords=settings['keywords'],
    author=settings['author'],
    author_email=settings['author_email'],
    url=settings['git_url'],
    license='Apache-2.0',
    packages=find_packages(include=[name, f'{name}.*']),
    install_requires=settings['requirements'].split(),
    extras_require={extra: settings[f'{extra}_requirements'].split() for extra in ('dev', 'xlsx', 'skos', 'qlora', 'onnx')},
    python_requires='>=' + settings['min_python'],
    long_description=readme.read_text(encoding='utf-8') if readme.exists() else settings['description'],
    long_description_content_type='text/markdown',
    entry_points={'console_scripts': settings['console_scripts'].split(), 'nbdev': [f'{name}={name}._modidx:d']},
    cmdclass={'build_py': BuildWithBook},
    zip_safe=False,
)
