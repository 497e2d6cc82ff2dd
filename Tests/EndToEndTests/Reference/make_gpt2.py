"""A tiny GPT-2 with random weights and its byte-level BPE tokenizer in FOLDER/gpt2, and in FOLDER/generated.json how it continues
prompts without chance: [{"prompt": ..., "text": ...}, ...]."""

import json
import pathlib
import sys

import torch
from tokenizers import ByteLevelBPETokenizer
sys.modules.setdefault("torchvision", None)  # transformers does without it
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel

folder = pathlib.Path(sys.argv[1])
gpt2 = folder / "gpt2"
gpt2.mkdir()
corpus = ["The calm sea and the gentle breeze of a sunny morning.", "Storm, wind and heavy rain: flood warning! Café 42 is closed."] * 5
trained = ByteLevelBPETokenizer()
trained.train_from_iterator(corpus, vocab_size=300, special_tokens=["<|endoftext|>"])
trained.save_model(str(gpt2))
(gpt2 / "tokenizer_config.json").write_text(json.dumps({
    "tokenizer_class": "GPT2Tokenizer", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}))
tokenizer = AutoTokenizer.from_pretrained(gpt2)
tokenizer.save_pretrained(gpt2)

torch.manual_seed(0)
end = tokenizer.eos_token_id
config = GPT2Config(
    vocab_size=len(tokenizer), n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=end, eos_token_id=end,
    # Large weights, so that the choice is never near.
    initializer_range=0.5)
model = GPT2LMHeadModel(config).eval()
model.save_pretrained(gpt2)
generated = []
for prompt in ("The calm sea", "Storm, 42!"):
    ids = tokenizer(prompt, return_tensors="pt")
    out = model.generate(**ids, max_new_tokens=20, do_sample=False, pad_token_id=end)[0, ids["input_ids"].shape[1]:]
    generated.append({"prompt": prompt, "text": tokenizer.decode(out, skip_special_tokens=True, clean_up_tokenization_spaces=False)})
(folder / "generated.json").write_text(json.dumps(generated))
print("[]")
