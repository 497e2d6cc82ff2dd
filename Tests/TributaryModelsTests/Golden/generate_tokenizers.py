"""Writes tokenizers/: small tokenizers of every kind with the ids that Hugging Face's library gives hard texts.

Needs: pip install transformers tokenizers sentencepiece. Run: python generate_tokenizers.py DATA
DATA is a folder with ag_news, sst2, amazon_reviews and tinyshakespeare, whose lines the vocabularies are learnt from.
"""

import json
import pathlib
import sys

from tokenizers import Tokenizer

from reference_tokenizers import HARD, lines, soup, train

here = pathlib.Path(__file__).parent / "tokenizers"
found, files = train(lines(sys.argv[1]), size=1500)
texts = HARD + soup(60)


def write(name, value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (here / name).write_text(text + "\n")
    print(name, len(text), "bytes")


write("texts.json", texts)
for name, tokenizer in found.items():
    text = json.dumps(tokenizer, ensure_ascii=True, separators=(",", ":"))
    write(f"{name}.json", text)
    reference = Tokenizer.from_str(text)
    ids = [e.ids for e in reference.encode_batch(texts)]
    reference.enable_truncation(9)
    cut = [e.ids for e in reference.encode_batch(texts)]
    write(f"{name}.cases.json", {"ids": ids, "cut_to_9": cut, "decoded": [reference.decode(i) for i in ids]})
for name, contents in files.items():
    for file, data in contents.items():
        (here / f"{name}.{file}").write_bytes(data)
        print(name, file, len(data), "bytes")
