"""Writes vectors/: files of word vectors in three formats, and vectors.json: what they hold and what a tokenizer makes of texts.

word2vec.txt and word2vec.bin are written by gensim, glove.txt as GloVe writes. The tokenizer is built of Hugging Face's parts: padding,
unknown and end in front, then the words of word2vec.txt. Needs: gensim tokenizers. Run: python generate_vectors.py
"""

import json
import pathlib

import numpy as np
from gensim.models import KeyedVectors
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

here = pathlib.Path(__file__).parent
(here / "vectors").mkdir(exist_ok=True)
words = ["</s>", "the", ",", "good", "film", "naïve", "日本", "movie", "!", "2.5"]
values = np.random.default_rng(5).normal(size=(len(words), 5)).astype(np.float32)
vectors = KeyedVectors(5)
vectors.add_vectors(words, values)
vectors.save_word2vec_format(here / "vectors/word2vec.txt", binary=False)
vectors.save_word2vec_format(here / "vectors/word2vec.bin", binary=True)
glove = ["the", ",", ". . .", "Film", "naïve"]
(here / "vectors/glove.txt").write_text(
    "".join(f"{w} " + " ".join(f"{v:.5f}" for v in row) + "\n" for w, row in zip(glove, values)))
read = {
    name: KeyedVectors.load_word2vec_format(here / f"vectors/{name}", binary=name.endswith("bin"))
    for name in ("word2vec.txt", "word2vec.bin")
}
files = {name: dict(words=list(v.index_to_key), values=v.vectors.astype(float).flatten().tolist()) for name, v in read.items()}
files["glove.txt"] = dict(words=glove, values=[float(np.float32(f"{v:.5f}")) for v in values[: len(glove)].flatten()])

tokens = ["[PAD]", "[UNK]", "</s>"] + [w for w in words if w != "</s>"]
tokenizer = Tokenizer(models.WordLevel({t: i for i, t in enumerate(tokens)}, unk_token="[UNK]"))
tokenizer.add_special_tokens(tokens[:3])
tokenizer.normalizer = normalizers.BertNormalizer(handle_chinese_chars=False, strip_accents=False, lowercase=True)
tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
texts = ["The GOOD film, the movie!", "", "Naïve naive  film\tmovie", "日本 2.5 the-film", "[UNK] the </s> [PAD]"]
(here / "vectors.json").write_text(json.dumps(
    dict(files=files, texts=[dict(text=t, ids=tokenizer.encode(t).ids) for t in texts]), ensure_ascii=False, indent=1) + "\n")
