"""The files that Tributary starts from: plan, partition, initial weights."""

import json
import struct


def yaml(value):
    """A plan as YAML, of which JSON is a part."""
    return json.dumps(value, indent=2) + "\n"


def write_partition(path, parts):
    path.write_text(json.dumps([part.tolist() for part in parts]))


def write_safetensors(path, arrays):
    """arrays: float32 numpy arrays by name."""
    header, position = {}, 0
    for name, array in arrays.items():
        header[name] = {
            "dtype": "F32", "shape": list(array.shape),
            "data_offsets": [position, position + array.nbytes]}
        position += array.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.tobytes())
