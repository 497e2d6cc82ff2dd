"""Writes models/*.safetensors for the text architectures, text_cases.json, and names/*.json.

As generate_models.py, with transformers as the reference: features, logits and loss for classification in full; of hidden states and
logits of language models, of outputs of layers (by forward hooks) and of gradients a sample and two projections.
Needs: torch transformers safetensors. Run: python generate_text_models.py
"""

import json
import pathlib
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

# Not needed here; one built for another torch would fail to load.
sys.modules["torchvision"] = None
import transformers
from transformers import AlbertConfig, BertConfig, DistilBertConfig, GPT2Config, RobertaConfig

from golden_results import Layers, digest, gradients
from reference_models import fill, signed

torch.manual_seed(0)
torch.set_num_threads(1)
here = pathlib.Path(__file__).parent
(here / "names").mkdir(exist_ok=True)
LIMIT = 64

# By architecture: Hugging Face's prefix, the model inside, the modules whose outputs a pass can capture.
families = {
    "bert": ("Bert", "bert", r"bert\.embeddings|bert\.encoder\.layer\.\d+"),
    "distilbert": ("DistilBert", "distilbert", r"distilbert\.embeddings|distilbert\.transformer\.layer\.\d+"),
    "roberta": ("Roberta", "roberta", r"roberta\.embeddings|roberta\.encoder\.layer\.\d+"),
    "albert": ("Albert", "albert", r"albert\.embeddings|albert\.encoder\.albert_layer_groups\.\d+"),
    "gpt2": ("GPT2", "transformer", r"transformer\.drop|transformer\.h\.\d+"),
}
configurations = {"bert": BertConfig, "distilbert": DistilBertConfig, "roberta": RobertaConfig, "albert": AlbertConfig, "gpt2": GPT2Config}
small = {
    "bert": dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, max_position_embeddings=24,
                 hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0),
    "distilbert": dict(dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=24, dropout=0.0, attention_dropout=0.0,
                       seq_classif_dropout=0.0),
    "albert": dict(embedding_size=16, hidden_size=32, num_hidden_layers=4, num_attention_heads=4, intermediate_size=64,
                   max_position_embeddings=24, classifier_dropout_prob=0.0),
    "gpt2": dict(n_embd=32, n_layer=2, n_head=4, n_positions=24, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, eos_token_id=99,
                 bos_token_id=99),
}
small["roberta"] = small["bert"] | {"layer_norm_eps": 1e-5}


def reference(architecture, objective, config):
    prefix = families[architecture][0]
    head = "ForSequenceClassification" if objective == "classification" else "LMHeadModel" if architecture == "gpt2" else "ForMaskedLM"
    return getattr(transformers, prefix + head)(config)


def saved(config):
    """What config.json says."""
    facts = json.loads(config.to_json_string(use_diff=True))
    facts.pop("transformers_version", None)
    return facts | {"model_type": config.model_type}


def layer_name(architecture):
    """ALBERT's layers are shared: they are told apart by the order in which they run, behind the embeddings."""
    shared = "albert.encoder.albert_layer_groups."
    return lambda module, call: f"albert.encoder.layer.{call - 1}" if module.startswith(shared) else module


def pooled(architecture, pooling, model, inputs):
    base = getattr(model, families[architecture][1])
    output = base(**inputs)
    hidden, mask = output.last_hidden_state, inputs["attention_mask"]
    if pooling == "mean":
        weights = mask[..., None].float()
        return (hidden * weights).sum(1) / weights.sum(1)
    if architecture in ("bert", "albert"):
        return output.pooler_output
    last = mask.sum(1).long() - 1 if architecture == "gpt2" else torch.zeros(len(mask), dtype=torch.long)
    return hidden[torch.arange(len(mask)), last]


def head(architecture, model, features):
    if architecture == "gpt2":
        return model.score(features)
    if architecture == "distilbert":
        return model.classifier(F.relu(model.pre_classifier(features)))
    return model.classifier(features[:, None] if architecture == "roberta" else features)


cases = []


def text_case(case, architecture, objective="classification", pooling="cls", segments=False, padding=None, **settings):
    torch.manual_seed(0)
    config = configurations[architecture](vocab_size=100, num_labels=4, **(small[architecture] | settings))
    if padding is not None:
        config.pad_token_id = padding
    config._attn_implementation = "eager"
    model = fill(reference(architecture, objective, config))
    ids = torch.from_numpy(((signed("ids", 5 * 12) + 1) * 50).astype(np.int64).reshape(5, 12))
    mask = torch.ones(5, 12)
    for row, length in enumerate([12, 5, 9, 2, 11]):
        mask[row, length:] = 0
    if padding is not None:
        ids[ids == padding] = padding + 1
        ids[mask == 0] = padding
    inputs = {"input_ids": ids, "attention_mask": mask}
    if segments:
        inputs["token_type_ids"] = (torch.arange(12)[None, :] >= torch.arange(5)[:, None]).long()
    with torch.no_grad(), Layers(model.eval(), families[architecture][2], layer_name(architecture)) as layers:
        getattr(model, families[architecture][1])(**inputs)
    out = {f"layer/{n}": digest(n, x, LIMIT) for n, x in layers.outputs.items()}
    if objective == "classification":
        features = lambda: pooled(architecture, pooling, model, inputs)
        forward = lambda: model(**inputs).logits if pooling == "cls" else head(architecture, model, features())
        keep = lambda name, x: x
        loss = lambda logits: F.cross_entropy(logits, torch.arange(5) % 4)
    else:
        features = lambda: getattr(model, families[architecture][1])(**inputs).last_hidden_state
        forward = lambda: model(**inputs).logits
        keep = lambda name, x: digest(name, x, 512)
        # Every third token has no label, nor has padding.
        labels = ids.masked_fill((mask == 0) | (torch.arange(12) % 3 == 1)[None], -100)
        loss = lambda logits: model(**inputs, labels=labels).loss
    with torch.no_grad():
        out["features"], out["logits"] = keep("features", features()), keep("logits", forward())
    model.train()
    logits = forward()
    value = loss(logits)
    value.backward()
    out["train.logits"], out["train.loss"] = keep("logits", logits.detach()), value.detach()
    out |= gradients(model, LIMIT)
    save_file({n: t.float().contiguous() for n, t in out.items()}, here / f"models/{case}.safetensors")
    facts = dict(case=case, architecture=architecture, size=12, classes=4, batch=5, objective=objective, pooling=pooling, segments=segments)
    cases.append(facts | ({} if padding is None else {"padding": padding}) | {"limit": LIMIT, "settings": saved(config)})


text_case("bert-cls", "bert", hidden_act="gelu")
text_case("bert-cls-segments", "bert", segments=True, hidden_act="gelu_new")
text_case("bert-mean", "bert", pooling="mean", hidden_act="relu")
text_case("bert-lm", "bert", "languageModel")
text_case("distilbert", "distilbert")
text_case("distilbert-mean", "distilbert", pooling="mean", activation="relu")
text_case("distilbert-lm", "distilbert", "languageModel")
text_case("roberta", "roberta", padding=1, type_vocab_size=1)
text_case("roberta-mean", "roberta", pooling="mean", padding=3)
text_case("roberta-lm", "roberta", "languageModel", padding=1, type_vocab_size=1)
text_case("albert", "albert", segments=True)
text_case("albert-groups", "albert", pooling="mean", num_hidden_groups=2, hidden_act="gelu")
text_case("albert-lm", "albert", "languageModel")
text_case("gpt2", "gpt2", padding=0)
text_case("gpt2-mean", "gpt2", pooling="mean", padding=0, n_inner=48, activation_function="gelu")
text_case("gpt2-lm", "gpt2", "languageModel")
(here / "text_cases.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


def shapes(model):
    own = {n for n, _ in model.named_parameters()}
    return {n: list(t.shape) for n, t in model.state_dict().items() if n in own}


for architecture, sizes in {
    "bert": dict(hidden_size=384, num_hidden_layers=6, intermediate_size=1536), "distilbert": {}, "roberta": dict(max_position_embeddings=514, type_vocab_size=1),
    "albert": dict(hidden_size=768, num_attention_heads=12, intermediate_size=3072), "gpt2": {},
}.items():
    config = configurations[architecture](num_labels=10, **sizes)
    with torch.device("meta"):
        facts = {
            "classes": 10, "settings": saved(config) | {k: v for k, v in sizes.items()},
            "tensors": shapes(reference(architecture, "classification", config)),
            "languageModel": shapes(reference(architecture, "languageModel", config))}
    (here / f"names/{architecture}.json").write_text(json.dumps(facts, separators=(",", ":")) + "\n")
