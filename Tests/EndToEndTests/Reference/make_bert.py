"""A tiny BERT with random weights and its tokenizer, and texts of two kinds, in FOLDER."""

import pathlib
import random
import sys

import torch
sys.modules.setdefault("torchvision", None)  # transformers does without it
from transformers import BertConfig, BertModel, BertTokenizerFast

folder = pathlib.Path(sys.argv[1])
words = {
    0: "calm sea gentle breeze sunny morning quiet harbour still water".split(),
    1: "storm wind heavy rain thunder flood broken roof lightning warning".split(),
}
common = "the a in of and over was with , . ! un ##kind ##ly ##s café 42".split()
bert = folder / "bert"
bert.mkdir()
vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + ["cafe"] + common + words[0] + words[1]
(folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(bert)
(bert / "vocab.txt").write_text("\n".join(vocabulary) + "\n")

torch.manual_seed(0)
config = BertConfig(
    vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
    intermediate_size=64, max_position_embeddings=64,
)
BertModel(config).save_pretrained(bert)

random.seed(0)
for name, count in (("train", 80), ("test", 50)):
    lines = []
    for _ in range(count):
        label = random.randrange(2)
        text = random.choices(words[label] + common, k=random.randrange(3, 40))
        lines.append(f"{label}\t{' '.join(text).replace(' ##', '')}\n")
    (folder / f"{name}.tsv").write_text("".join(lines))
print("[]")
