"""Tiny classifiers with random weights of the text families besides BERT, each with its own kind of tokenizer, in FOLDER/FAMILY, and texts in
FOLDER/test.tsv."""

import pathlib
import random
import sys

import torch
sys.modules.setdefault("torchvision", None)  # transformers does without it
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AlbertConfig, AlbertForSequenceClassification, DistilBertConfig, DistilBertForSequenceClassification, GPT2Config,
    GPT2ForSequenceClassification, PreTrainedTokenizerFast, RobertaConfig, RobertaForSequenceClassification)

folder = pathlib.Path(sys.argv[1])
words = "The calm sea and a gentle breeze: storm, wind, heavy rain, thunder! Café 42 under the broken roof. naïve ÉTÉ ½".split()
random.seed(0)
texts = [" ".join(random.choices(words, k=random.randrange(2, 22))) for _ in range(60)]
(folder / "test.tsv").write_text("".join(f"{i % 3}\t{text}\n" for i, text in enumerate(texts)), encoding="utf-8")


def trained(model, trainer, special, template=None, **parts):
    tokenizer = Tokenizer(model)
    for name, part in parts.items():
        setattr(tokenizer, name, part)
    tokenizer.train_from_iterator(texts, trainer(vocab_size=200, special_tokens=special, show_progress=False))
    if template:
        ids = [(token, tokenizer.token_to_id(token)) for token in template]
        tokenizer.post_processor = processors.TemplateProcessing(single=f"{template[0]} $A {template[1]}", special_tokens=ids)
    return tokenizer


byte_level = dict(pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=False), decoder=decoders.ByteLevel())
sizes = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, max_position_embeddings=160)
families = {
    "distilbert": (
        trained(models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer, ["[PAD]", "[UNK]", "[CLS]", "[SEP]"], ["[CLS]", "[SEP]"],
                normalizer=normalizers.BertNormalizer(), pre_tokenizer=pre_tokenizers.BertPreTokenizer(), decoder=decoders.WordPiece()),
        dict(pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"), DistilBertForSequenceClassification,
        DistilBertConfig(dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=160, num_labels=3)),
    "roberta": (
        trained(models.BPE(), trainers.BpeTrainer, ["<s>", "<pad>", "</s>", "<unk>"], ["<s>", "</s>"], **byte_level),
        dict(pad_token="<pad>", unk_token="<unk>", bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>"),
        RobertaForSequenceClassification, RobertaConfig(**sizes, pad_token_id=1, type_vocab_size=1, num_labels=3)),
    "albert": (
        trained(models.Unigram(), lambda **options: trainers.UnigramTrainer(unk_token="<unk>", **options), ["<pad>", "<unk>", "[CLS]", "[SEP]"],
                ["[CLS]", "[SEP]"], pre_tokenizer=pre_tokenizers.Metaspace(), decoder=decoders.Metaspace()),
        dict(pad_token="<pad>", unk_token="<unk>", cls_token="[CLS]", sep_token="[SEP]"), AlbertForSequenceClassification,
        AlbertConfig(**sizes, embedding_size=16, num_labels=3)),
    "gpt2": (
        trained(models.BPE(), trainers.BpeTrainer, ["<|endoftext|>"], **byte_level),
        dict(pad_token="<|endoftext|>", bos_token="<|endoftext|>", eos_token="<|endoftext|>"), GPT2ForSequenceClassification,
        GPT2Config(n_embd=32, n_layer=2, n_head=4, n_positions=160, bos_token_id=0, eos_token_id=0, pad_token_id=0, num_labels=3)),
}
torch.manual_seed(0)
for name, (tokenizer, special, family, config) in families.items():
    config.vocab_size = tokenizer.get_vocab_size()
    # Large weights, so that texts differ.
    config.initializer_range = 0.3
    family(config).save_pretrained(folder / name)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder / name)
print("[]")
