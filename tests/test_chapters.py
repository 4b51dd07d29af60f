"The toys of every chapter, by nbdev's own command; its output is shown if one of them fails."
from conftest import BIN, REPO, call

def test_toys_of_every_chapter():
    done = call(BIN/'nbdev_test', '--n_workers', '1', cwd=REPO)
    assert done.returncode == 0, done.stdout + done.stderr
