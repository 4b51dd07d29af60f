"The background of glossaries: a kill costs only what was at work, and the end is that of one undisturbed run."
import signal
import numpy as np

def test_kills_came_before_the_end(background):
    assert background.codes == [-signal.SIGKILL] * 2, 'a start ended before its kill'

def test_a_killed_background_is_the_one_of_the_book(smoke, background):
    from wordembed.space import WordSpace
    calm, again = (WordSpace.load(run/'vectors') for run in (smoke.calm, background.run))
    assert again.words == calm.words and np.array_equal(again.vectors, calm.vectors)
    assert (background.run/'background.json').read_text() == (smoke.calm/'background.json').read_text()
