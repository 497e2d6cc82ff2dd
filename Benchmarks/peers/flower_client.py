"""Flower's client: local SGD on its part, or nothing. A Ray actor keeps data and model between clients."""

import functools

import torch
from flwr.app import Array, ArrayRecord, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from shared import images, models, training
from shared.telling import settings

app = ClientApp()


@functools.cache
def held():
    facts = settings()
    torch.set_num_threads(1)
    x, y = map(torch.from_numpy, images.split(facts["data"], "train"))
    parts = images.partition(len(y), facts["clients"], facts["seed"])
    return models.build(facts["model"]), x, y, parts


@app.train()
def train(message, context):
    facts, arrays = settings(), message.content["arrays"]
    number = int(message.content["config"]["server-round"])
    client = int(context.node_config["partition-id"])
    if facts["null_parameters"]:
        values = arrays["parameters"].numpy().copy()
        # Flower's store knows a reply with the same content as what it sent, and would not move it.
        values[0] = number * facts["clients"] + client + 1
        result, count = ArrayRecord({"parameters": Array(values)}), 1
    else:
        model, x, y, parts = held()
        model.load_state_dict(arrays.to_torch_state_dict())
        part = torch.from_numpy(parts[client])
        training.sgd(
            model, x[part], y[part], facts["batch"], facts["learning_rate"],
            seed=1_000_003 * number + client)
        result, count = ArrayRecord(model.state_dict()), len(part)
    return Message(
        RecordDict({"arrays": result, "metrics": MetricRecord({"num-examples": count})}),
        reply_to=message)
