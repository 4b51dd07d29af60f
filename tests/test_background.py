"The background of glossaries: a kill at any point costs only what was at work, and the end is that of one undisturbed run."
import signal, subprocess, sys
import numpy as np
from conftest import call, wait_for

MAKE = '''import sys
from wordembed.core import RunFolder, load_preset
from wordembed.own.background import background_of
background_of(RunFolder(sys.argv[1]), load_preset('smoke'))'''
SIGNS = 'descriptions', 'cleaned', 'bag', 'encoded_words' # what is there; the next artefact is at work

def make_with_kills(folder):
    "Make the background of the smoke preset, killed at each sign; how each start ended."
    command, codes = [sys.executable, '-c', MAKE, str(folder)], []
    for sign in SIGNS:
        making = subprocess.Popen(command, cwd=folder.parent, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try: wait_for(lambda: any(folder.glob(sign)) or making.poll() is not None, 600, sign)
        finally: making.send_signal(signal.SIGKILL)
        codes.append(making.wait())
    done = call(*command, cwd=folder.parent)
    return codes, done

def test_a_killed_background_goes_on(smoke, tmp_path):
    from wordembed.space import WordSpace
    codes, done = make_with_kills(tmp_path/'again')
    assert codes == [-signal.SIGKILL] * len(SIGNS), 'a start ended before its kill'
    assert done.returncode == 0, done.stderr[-3000:]
    calm, again = (WordSpace.load(run/'vectors') for run in (smoke.calm, tmp_path/'again'))
    assert again.words == calm.words and np.array_equal(again.vectors, calm.vectors)
    assert (tmp_path/'again'/'background.json').read_text() == (smoke.calm/'background.json').read_text()
