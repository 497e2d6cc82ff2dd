"""Holds a lock as huggingface_hub does, until it is killed.

    python hold_lock.py FILE
"""

import pathlib
import sys
import time

from huggingface_hub.utils import WeakFileLock

path = pathlib.Path(sys.argv[1])
path.parent.mkdir(parents=True, exist_ok=True)
with WeakFileLock(path):
    print("held", flush=True)
    time.sleep(600)
