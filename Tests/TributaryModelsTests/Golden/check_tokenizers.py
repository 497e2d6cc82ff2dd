"""Writes what Hugging Face's library makes of real lines, for Tributary to be compared with.

Run: python check_tokenizers.py DATA OUT [MINILM_FOLDER]
OUT/texts.json gets 20,000 lines of DATA and 3,000 random strings; OUT/NAME/ the files of one tokenizer, OUT/NAME.ids its ids
(int32: a count and so many ids for each text), OUT/NAME.decoded.json what the ids of every 20th text become again. Those with
sentencepiece's whole rules are trained here, the others are the ones beside this file.
"""

import json
import pathlib
import shutil
import struct
import sys

from tokenizers import Tokenizer

from reference_tokenizers import HARD, lines, soup, train

here = pathlib.Path(__file__).parent / "tokenizers"
data, out = sys.argv[1], pathlib.Path(sys.argv[2])
real = lines(data)
texts = real + soup(3000, seed=11) + HARD
(out / "texts.json").write_text(json.dumps(texts))


def write(name, text, files=None):
    folder = out / name
    folder.mkdir()
    for file, contents in (files or {"tokenizer.json": text.encode()}).items():
        (folder / file).write_bytes(contents)
    reference = Tokenizer.from_str(text)
    reference.no_truncation()
    reference.no_padding()
    encoded = [e.ids for e in reference.encode_batch(texts)]
    (out / f"{name}.ids").write_bytes(b"".join(struct.pack(f"<{len(ids) + 1}i", len(ids), *ids) for ids in encoded))
    (out / f"{name}.decoded.json").write_text(json.dumps([reference.decode(ids) for ids in encoded[::20]]))
    print(name, sum(map(len, encoded)), "ids")


for path in sorted(here.glob("*.json")):
    if path.name != "texts.json" and not path.name.endswith(".cases.json"):
        write(path.stem, path.read_text())
found, files = train(real[::4], size=2000, full=True, names=("albert", "t5", "xlm-roberta"))
for name, tokenizer in found.items():
    write(f"{name}-nfkc", json.dumps(tokenizer))
write("albert-spiece", json.dumps(found["albert"]), files["albert"])
if len(sys.argv) > 3:
    folder = pathlib.Path(sys.argv[3])
    text = (folder / "tokenizer.json").read_text(encoding="utf-8")
    write("minilm", text)
    names = ("vocab.txt", "tokenizer_config.json")
    write("minilm-vocab", text, {name: (folder / name).read_bytes() for name in names})
