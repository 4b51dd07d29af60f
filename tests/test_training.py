"A training that is killed for real, at a step that chance chooses, ends at the numbers of one that was not."
import json, random, signal, subprocess, sys, time
from conftest import REPO

PROGRAM = '''
import json, sys, warnings
warnings.simplefilter('ignore')
from datasets import Dataset
from wordembed.core import set_seed
from wordembed.encoder.model import encoder_on_bag
from wordembed.encoder.training import Recipe, apart, train_encoder
from wordembed.words.bag import new_bag, train_tokenizer
words = ['loaf', 'rope', 'shop', 'wool', 'sail', 'mast', 'oven', 'felt']
rows = [dict(anchor=f'{a} {b}', positive=f'the {b} of a {a}', word=a + b, sense=a + b, text=a + b) for a in words for b in words]
pairs = Dataset.from_list(rows)
set_seed(0)
bag = new_bag(train_tokenizer([*pairs['anchor'], *pairs['positive']], 200), 16)
model = encoder_on_bag(bag, hidden_size=16, layers=2, heads=2, intermediate_size=16, moe_layers=[1],
                       num_local_experts=4, num_experts_per_tok=2, rate=.01, expert_dropout=.2)
recipe = Recipe(loss=sys.argv[2], epochs=3, batch=8, accumulate=2, part=4, dropout=.3, every=3)
history = train_encoder(model, pairs, recipe, apart(pairs).select(range(8)), sys.argv[1])
weights = {name: float(weight.double().sum()) for name, weight in model.state_dict().items()}
print('END', json.dumps([history.to_json(), weights]))
'''

def train(folder, loss, kill_at=None, within=0):
    "What a training prints at its end; killed soon after it has begun checkpoint number `kill_at`, `within` so many seconds."
    process = subprocess.Popen([sys.executable, '-c', PROGRAM, str(folder), loss], cwd=REPO, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    while kill_at and process.poll() is None:
        if any(int(path.name.split('-')[1]) >= kill_at for path in folder.glob('checkpoint-*')):
            time.sleep(random.random() * within) # while it writes, or in a step after that
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(.005)
    out, _ = process.communicate(timeout=300)
    return json.loads(out.split('END', 1)[1]) if 'END' in out else None

def test_a_killed_training_ends_at_the_same_numbers(tmp_path):
    whole = train(tmp_path/'whole', 'cached')
    assert whole
    before, end = sorted((path/'whole').stat().st_mtime for path in (tmp_path/'whole').glob('checkpoint-*')) # the last two are kept
    killed = train(tmp_path/'killed', 'cached', kill_at=random.choice([3, 6]), within=end - before) # there are 12 steps
    assert killed is None, 'it ended before the kill'
    assert train(tmp_path/'killed', 'cached') == whole
