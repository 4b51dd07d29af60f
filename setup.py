"Reads everything from settings.ini; copies the chapters and data/ into the package, so that an installed wordembed can run them."
from configparser import ConfigParser
from pathlib import Path
import shutil
from setuptools import setup, find_packages
from setuptools.command.build_py import build_py

here = Path(__file__).parent
config = ConfigParser(delimiters=['=']); config.read(here/'settings.ini', encoding='utf-8')
cfg = config['DEFAULT']

class BuildWithBook(build_py):
    "Puts `nbs/` and `data/` beside the modules, as `wordembed/_book/`."
    def run(self):
        super().run()
        if getattr(self, 'editable_mode', False): return
        book = Path(self.build_lib)/cfg['lib_name']/'_book'
        shutil.rmtree(book, ignore_errors=True)
        shutil.copytree(here/'data', book/'data')
        shutil.copytree(here/'nbs', book/'nbs', ignore=lambda folder, names: [n for n in names if not n.endswith('.ipynb')])

def words(key): return cfg.get(key, '').split()

setup(
    name=cfg['lib_name'], version=cfg['version'], description=cfg['description'], keywords=cfg['keywords'],
    author=cfg['author'], author_email=cfg['author_email'], url=cfg['git_url'], license='Apache-2.0',
    packages=find_packages(include=['wordembed', 'wordembed.*']),
    install_requires=words('requirements'), extras_require={'dev': words('dev_requirements')},
    python_requires='>=' + cfg['min_python'],
    long_description=(here/'README.md').read_text(encoding='utf-8') if (here/'README.md').exists() else cfg['description'],
    long_description_content_type='text/markdown',
    entry_points={'console_scripts': words('console_scripts'), 'nbdev': [f'{cfg["lib_name"]}={cfg["lib_name"]}._modidx:d']},
    cmdclass={'build_py': BuildWithBook}, zip_safe=False,
)
