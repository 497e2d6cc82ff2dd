"""Writes adaptations.safetensors and adaptations.json: logits and gradients of adapted models.

As generate_text_models.py, tensors come from a formula. LoRA, IA3 and prompts are Hugging Face PEFT's own; keys and values of a
prefix stand in transformers' cache, as PEFT puts them there; bottleneck adapters and shifts, which PEFT lacks, are forward hooks.
Needs: torch transformers peft safetensors. Run: python generate_adaptations.py
"""

import json
import pathlib
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

sys.modules.setdefault("torchvision", None)  # transformers does without it
import peft
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification, DynamicCache, GPT2Config, GPT2ForSequenceClassification

from reference_models import fill, signed, values

torch.set_num_threads(1)
here = pathlib.Path(__file__).parent
TOKENS = 3
out, cases = {}, []

config = {
    "bert": BertConfig(vocab_size=100, num_labels=4, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=32,
                       max_position_embeddings=24),
    "gpt2": GPT2Config(vocab_size=100, num_labels=4, n_embd=16, n_layer=2, n_head=4, n_positions=24, eos_token_id=99, bos_token_id=99),
}
for c in config.values():
    c._attn_implementation = "eager"

ids = torch.from_numpy(((signed("ids", 60) + 1) * 50).astype(np.int64).reshape(5, 12))
mask = torch.ones(5, 12)
for row, length in enumerate([12, 5, 9, 2, 11]):
    mask[row, length:] = 0
last = mask.sum(1).long() - 1
inputs = {"input_ids": ids, "attention_mask": mask}


def backbone(architecture):
    kind = {"bert": BertForSequenceClassification, "gpt2": GPT2ForSequenceClassification}[architecture]
    return fill(kind(config[architecture])).eval()


def at_last_token(model, **inputs):
    hidden = model.transformer(**inputs).last_hidden_state
    return model.score(hidden[torch.arange(5), hidden.shape[1] - 12 + last])


def saved(architecture):
    facts = json.loads(config[architecture].to_json_string(use_diff=True))
    facts.pop("transformers_version", None)
    return facts | {"model_type": architecture}


def case(name, architecture, adaptation, logits, parameters, cloze=None):
    """`parameters` by our names; `logits()` of the five texts."""
    result = logits()
    F.cross_entropy(result, torch.arange(5) % result.shape[1]).backward()
    out[f"{name}/logits"] = result.detach()
    for key, parameter in parameters.items():
        out[f"{name}/gradient/{key}"] = parameter.grad.clone()
    cases.append({"case": name, "architecture": architecture, "settings": saved(architecture), "adaptation": adaptation, "cloze": cloze})


def beside(name, architecture, configuration, adaptation):
    """Adapters beside layers, by PEFT."""
    model = peft.get_peft_model(backbone(architecture), configuration).eval()
    parameters = {}
    for key, parameter in model.named_parameters():
        if ".lora_" in key or ".ia3_" in key:
            own = key.removeprefix("base_model.model.").replace(".default", "")
            parameter.data = values(own, tuple(parameter.shape))
            parameters[own] = parameter
    inner = model.base_model.model
    case(name, architecture, adaptation,
         lambda: model(**inputs).logits if architecture == "bert" else at_last_token(inner, **inputs), parameters)


for architecture, targets, scaled, feed_forward in (
    ("bert", ["query", "value"], ["key", "value", "encoder.layer.0.output.dense", "encoder.layer.1.output.dense"],
     ["encoder.layer.0.output.dense", "encoder.layer.1.output.dense"]),
    ("gpt2", ["c_attn"], ["c_attn", "mlp.c_proj"], ["mlp.c_proj"]),
):
    conv1d = architecture == "gpt2"
    beside(f"{architecture}-lora", architecture,
           peft.LoraConfig(task_type="SEQ_CLS", r=2, lora_alpha=6, target_modules=targets, fan_in_fan_out=conv1d),
           {"peft_type": "LORA", "r": 2, "lora_alpha": 6})
    beside(f"{architecture}-ia3", architecture,
           peft.IA3Config(task_type="SEQ_CLS", target_modules=scaled, feedforward_modules=feed_forward, fan_in_fan_out=conv1d),
           {"peft_type": "IA3"})


def prompted(architecture):
    model = backbone(architecture)
    size = config[architecture].hidden_size
    configuration = peft.PromptTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=TOKENS, token_dim=size, num_transformer_submodules=1,
                                            num_attention_heads=4, num_layers=2)
    model = peft.get_peft_model(model, configuration).eval()
    weight = model.prompt_encoder["default"].embedding.weight
    weight.data = values("prompt_embeddings", (TOKENS, size))
    if architecture == "bert":
        logits = lambda: model(**inputs).logits
    else:
        # GPT-2's classifier does not know where padded texts end when it is given vectors.
        words = lambda: torch.cat([weight.expand(5, -1, -1), model.base_model.transformer.wte(ids)], 1)
        logits = lambda: at_last_token(model.base_model, inputs_embeds=words(), attention_mask=torch.cat([torch.ones(5, TOKENS), mask], 1))
    case(f"{architecture}-prompt", architecture, {"peft_type": "PROMPT_TUNING", "num_virtual_tokens": TOKENS}, logits,
         {"prompt_embeddings": weight})


def prefixed(architecture):
    model = backbone(architecture)
    size = config[architecture].hidden_size
    weight = nn.Parameter(values("prompt_embeddings", (TOKENS, 2 * 2 * size)))

    def logits():
        # As PeftModel.get_prompt lays it out.
        past = weight.repeat(5, 1, 1).view(5, TOKENS, 4, 4, size // 4).permute(2, 0, 3, 1, 4)
        cache = DynamicCache()
        for layer in range(2):
            cache.update(past[2 * layer], past[2 * layer + 1], layer)
        seen = torch.cat([torch.ones(5, TOKENS), mask], 1)
        if architecture == "gpt2":
            return at_last_token(model, input_ids=ids, attention_mask=seen, cache=cache, use_cache=True)
        closed = (1 - seen)[:, None, None, :].expand(-1, 1, 12, -1) * torch.finfo(torch.float32).min
        return model.classifier(model.bert(input_ids=ids, attention_mask=closed, cache=cache).pooler_output)

    case(f"{architecture}-prefix", architecture, {"peft_type": "PREFIX_TUNING", "num_virtual_tokens": TOKENS}, logits,
         {"prompt_embeddings": weight})


def bottleneck(architecture, placement):
    model = backbone(architecture)
    attention, output = ("attention.output.dense", ".output.dense") if architecture == "bert" else ("attn.c_proj", "mlp.c_proj")
    parameters = {}
    for name, module in model.named_modules():
        if name.endswith(output) or name.endswith(attention):
            if placement == "pfeiffer" and name.endswith(attention):
                continue
            size = config[architecture].hidden_size
            for part, shape in (("down.weight", (5, size)), ("down.bias", (5,)), ("up.weight", (size, 5)), ("up.bias", (size,))):
                parameters[f"{name}.adapter_{part}"] = nn.Parameter(values(f"{name}.adapter_{part}", shape))

            def hook(module, given, y, name=name):
                part = lambda kind: parameters[f"{name}.adapter_{kind}"]
                return y + F.linear(F.gelu(F.linear(y, part("down.weight"), part("down.bias"))), part("up.weight"), part("up.bias"))

            module.register_forward_hook(hook)
    case(f"{architecture}-{placement}", architecture, {"peft_type": "BOTTLENECK", "size": 5, "placement": placement},
         lambda: model(**inputs).logits if architecture == "bert" else at_last_token(model, **inputs), parameters)


def shift(architecture):
    """Behind every layer that has a bias; the classifier's of GPT-2 has none."""
    model = backbone(architecture)
    parameters = {}
    for name, module in model.named_modules():
        if getattr(module, "bias", None) is None or module.weight.dim() != 2:
            continue
        for part, shape in (("shift", module.bias.shape), ("shift_rate", (1,))):
            parameters[f"{name}.{part}"] = nn.Parameter(values(f"{name}.{part}", tuple(shape)))
        module.register_forward_hook(lambda module, given, y, name=name: y + parameters[f"{name}.shift"] * parameters[f"{name}.shift_rate"].exp())
    case(f"{architecture}-shift", architecture, {"peft_type": "SHIFT"},
         lambda: model(**inputs).logits if architecture == "bert" else at_last_token(model, **inputs), parameters)


def cloze():
    """The scores of four words at one place of each text, by BertForMaskedLM, with a soft prompt in front."""
    model = fill(BertForMaskedLM(config["bert"])).eval()
    words = [7, 70, 21, 42]
    weight = nn.Parameter(values("prompt_embeddings", (TOKENS, 16)))

    def logits(with_prompt):
        vectors, seen = model.bert.embeddings.word_embeddings(ids), mask
        if with_prompt:
            vectors = torch.cat([weight.expand(5, -1, -1), vectors], 1)
            seen = torch.cat([torch.ones(5, TOKENS), mask], 1)
        scores = model(inputs_embeds=vectors, attention_mask=seen).logits
        # The last but one token, and with the prompt the second.
        place = TOKENS + 1 if with_prompt else last - 1
        return scores[torch.arange(5), place][:, words]

    facts = {"template": "", "words": list("abcd"), "word_ids": words}
    case("bert-cloze-prompt", "bert", {"peft_type": "PROMPT_TUNING", "num_virtual_tokens": TOKENS}, lambda: logits(True),
         {"prompt_embeddings": weight}, facts | {"mask_index": 1})
    dense = model.cls.predictions.transform.dense
    dense.weight.grad = None
    case("bert-cloze", "bert", None, lambda: logits(False), {"cls.predictions.transform.dense.weight": dense.weight}, facts | {"mask_index": -2})


def convolution(kernel):
    """LoRA of a convolution: output for a fixed picture, and gradients of A and B."""
    layer = fill(nn.ModuleDict({"c": nn.Conv2d(6, 4, kernel, stride=2, padding=kernel // 2)}))
    model = peft.get_peft_model(layer, peft.LoraConfig(r=2, lora_alpha=6, target_modules=["c"]))
    adapted = model.base_model.model["c"]
    pair = {f"c.lora_{p}.weight": getattr(adapted, f"lora_{p}")["default"].weight for p in "AB"}
    for name, parameter in pair.items():
        parameter.data = values(name, tuple(parameter.shape))
    y = adapted(values("picture", (2, 6, 7, 7)))
    (y * values("seed", tuple(y.shape))).sum().backward()
    out[f"conv{kernel}/output"] = y.detach()
    for name, parameter in pair.items():
        out[f"conv{kernel}/gradient/{name}"] = parameter.grad.clone()


for architecture in config:
    prompted(architecture)
    prefixed(architecture)
    bottleneck(architecture, "houlsby")
bottleneck("bert", "pfeiffer")
shift("bert")
shift("gpt2")
cloze()
convolution(1)
convolution(3)
save_file({n: t.contiguous() for n, t in out.items()}, here / "adaptations.safetensors")
(here / "adaptations.json").write_text(json.dumps(cases, indent=1) + "\n")
