"Installed on its own, without the repository around it, the library and its command work."
import importlib.util, os, subprocess, sys
from conftest import BIN, REPO, call, notebooks

def test_installs_on_its_own(source_copy, tmp_path):
    isolation = ['--no-build-isolation'] if importlib.util.find_spec('setuptools') else []
    done = call(sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps', *isolation, '--target', tmp_path/'lib', source_copy, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    env = {**os.environ, 'PYTHONPATH': str(tmp_path/'lib')}
    def python(*args): return subprocess.run([sys.executable, *args], cwd=tmp_path, env=env, capture_output=True, text=True)
    done = python('-c', 'import wordembed; from wordembed.core import book_folder, load_preset; from wordembed.pipeline import chapters\n'
                  'load_preset("full"); print(wordembed.__file__, book_folder(), *[c.stem for c in chapters()], sep="\\n")')
    where, book, *names = done.stdout.split('\n')[:-1]
    assert where.startswith(str(tmp_path/'lib')) and book == str(tmp_path/'lib'/'wordembed'/'_book'), done.stderr
    assert names == [p.stem for p in notebooks() if '"parameters"' in p.read_text(encoding='utf-8')]
    assert python(tmp_path/'lib'/'bin'/'wordembed', '--version').stdout.startswith('wordembed ')
    done = python(tmp_path/'lib'/'bin'/'wordembed', 'run', '--preset', 'smoke', '--only', 'cleaning')
    assert done.returncode == 0 and (tmp_path/'runs'/'smoke'/'report.html').exists(), done.stderr
