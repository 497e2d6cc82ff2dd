"""Writes generation.json: what transformers' generate and its logits processors give.

"greedy": tokens that a small GPT-2 with formula weights (reference_models.fill) puts behind prompts, with and without repetition penalty;
every choice is checked to be no near tie. "warped": the probabilities that processors leave of formula scores, in generate's order.
Needs: torch transformers. Run: python generate_generation.py
"""

import json
import pathlib
import sys

import torch

# Not needed here; one built for another torch would fail to load.
sys.modules["torchvision"] = None
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.generation.logits_process import (
    LogitsProcessorList, RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper)

from reference_models import fill, signed

torch.manual_seed(0)
torch.set_num_threads(1)
here = pathlib.Path(__file__).parent

sizes = dict(vocab_size=100, n_embd=32, n_layer=2, n_head=4, n_positions=48, bos_token_id=99, eos_token_id=7)
model = fill(GPT2LMHeadModel(GPT2Config(**sizes, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0))).eval()
greedy = []
for prompt, penalty in [([5, 17, 80], 1.0), ([99], 1.0), ([1, 2, 3, 4, 5, 6], 1.3), ([42, 42], 1.7), ([60, 61, 62, 63], 1.2)]:
    options = {} if penalty == 1 else {"repetition_penalty": penalty}
    out = model.generate(
        torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt)), max_new_tokens=30, do_sample=False, pad_token_id=0,
        return_dict_in_generate=True, output_scores=True, **options)
    margin = min(float(s[0].topk(2).values.diff().abs()) for s in out.scores)
    assert margin > 1e-3, margin
    greedy.append(dict(prompt=prompt, penalty=penalty, tokens=out.sequences[0, len(prompt):].tolist()))
    print(prompt, penalty, greedy[-1]["tokens"], f"margin {margin:.1e}")

warped = []
for index, (temperature, top_k, top_p, penalty) in enumerate([
        (1.0, None, None, 1.0), (0.7, None, None, 1.0), (1.5, 5, None, 1.0), (1.0, None, 0.9, 1.0), (0.8, 20, 0.6, 1.0),
        (1.0, None, 0.05, 1.0), (2.0, 1, None, 1.0), (1.0, 10, 0.95, 1.4), (0.9, 60, 1.0, 0.8)]):
    scores = torch.from_numpy(signed(f"scores.{index}", 40) * 4)[None]
    # Two equal scores at the edge of top-k.
    scores[0, 3] = scores[0, 30]
    previous = torch.tensor([[3, 7, 7, 39, 11]])
    steps = LogitsProcessorList()
    if penalty != 1:
        steps.append(RepetitionPenaltyLogitsProcessor(penalty))
    steps.append(TemperatureLogitsWarper(temperature))
    if top_k:
        steps.append(TopKLogitsWarper(top_k))
    if top_p is not None and top_p < 1:
        steps.append(TopPLogitsWarper(top_p))
    probabilities = steps(previous, scores).softmax(-1)[0]
    warped.append(dict(
        temperature=temperature, topK=top_k, topP=top_p, penalty=penalty, scores=scores[0].tolist(), previous=previous[0].tolist(),
        probabilities=[float(f"{p:.9g}") for p in probabilities.tolist()]))

config = dict(model_type="gpt2", **sizes)
(here / "generation.json").write_text(json.dumps(dict(config=config, greedy=greedy, warped=warped), separators=(",", ":")) + "\n")
