__version__ = "0.1.0"

def __getattr__(name):
    "`train` is imported when it is asked for, so that `import wordembed` stays light (PEP 562)."
    if name == 'train':
        from wordembed.own.train import train
        return train
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
