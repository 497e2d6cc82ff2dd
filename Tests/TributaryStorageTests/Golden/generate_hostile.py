"""Checkpoints that must be refused, each with the error it has to be: hostile/ and hostile/expected.json.

    python generate_hostile.py

Assembled byte by byte; nothing here is ever loaded by Python.
"""

import io
import json
import pathlib
import struct
import warnings
import zipfile

folder = pathlib.Path(__file__).parent / "hostile"
folder.mkdir(exist_ok=True)
warnings.simplefilter("ignore")

PROTO, STOP, MARK, TUPLE = b"\x80\x02", b".", b"(", b"t"
REDUCE, BUILD, NONE, FALSE = b"R", b"b", b"N", b"\x89"
EMPTY_LIST, EMPTY_DICT, EMPTY_TUPLE, APPEND, SETITEM, PERSID = b"]", b"}", b")", b"a", b"s", b"Q"


def text(value: str) -> bytes:
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def number(value: int) -> bytes:
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    return b"\x8a\x08" + struct.pack("<q", value)


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


def numbers(values) -> bytes:
    return MARK + b"".join(map(number, values)) + TUPLE


def storage(count=6, key="0", kind="FloatStorage", extra=b"") -> bytes:
    return MARK + text("storage") + name("torch", kind) + text(key) + text("cpu") + number(count) + extra + TUPLE + PERSID


def tensor(offset=0, size=(2, 3), stride=(3, 1), of=None) -> bytes:
    return (
        name("torch._utils", "_rebuild_tensor_v2") + MARK + (of or storage()) + number(offset) + numbers(size)
        + numbers(stride) + FALSE + name("collections", "OrderedDict") + EMPTY_TUPLE + REDUCE + TUPLE + REDUCE
    )


def state(*pairs) -> bytes:
    body = b"".join(text(key) + value + SETITEM for key, value in pairs)
    return PROTO + EMPTY_DICT + body + STOP


DATA = struct.pack("<6f", *range(6))


def archive(pickle: bytes, files=None, compress=(), root="archive") -> bytes:
    buffer = io.BytesIO()
    files = {"data.pkl": pickle, "byteorder": b"little", **({"data/0": DATA} if files is None else files)}
    with zipfile.ZipFile(buffer, "w") as zipped:
        for path, content in files.items():
            method = zipfile.ZIP_DEFLATED if path in compress else zipfile.ZIP_STORED
            zipped.writestr(f"{root}/{path}", content, compress_type=method)
    return buffer.getvalue()


def stream(pickle: bytes, keys=("0",), data=struct.pack("<q", 6) + DATA) -> bytes:
    magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
    version = b"\x80\x02M\xe9\x03."
    listed = PROTO + EMPTY_LIST + b"".join(text(key) + APPEND for key in keys) + STOP
    return magic + version + PROTO + EMPTY_DICT + STOP + pickle + listed + data


cases = {}


def case(title: str, data: bytes, code: str, says: str = ""):
    assert title not in cases
    (folder / f"{title}.pt").write_bytes(data)
    cases[title] = {"code": f"checkpoint.{code}", "says": says}


call = name("posix", "system") + MARK + text("touch /tmp/pwned") + TUPLE + REDUCE
case("os-system", archive(state(("w", call))), "pickle", "posix.system")
case("os-system-legacy", stream(state(("w", call))), "pickle", "posix.system")
case("os-system-bare", PROTO + call + STOP, "pickle", "posix.system")
case("eval-protocol-4", archive(b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R."), "pickle", "builtins.eval")
case("getattr-chain", archive(PROTO + name("builtins", "getattr") + STOP), "pickle", "builtins.getattr")
case("dotted-name", archive(PROTO + name("torch", "serialization.os.system") + STOP), "pickle", "torch.serialization.os.system")
case("numpy-scalar", archive(state(("w", name("numpy.core.multiarray", "scalar")))), "pickle", "numpy.core.multiarray.scalar")
case("instance", archive(PROTO + MARK + b"iposix\nsystem\n" + STOP), "pickle", "0x69")
case("object", archive(PROTO + MARK + NONE + b"o" + STOP), "pickle", "0x6f")
case("extension", archive(PROTO + b"\x82\x01" + STOP), "pickle", "0x82")
case("text-protocol", archive(b"(dp0\nS'w'\np1\nI1\ns."), "pickle", "0x64")
case("protocol-9", archive(b"\x80\x09N."), "pickle", "protocol 9")
case("build-tensor", archive(state(("w", tensor() + EMPTY_DICT + BUILD))), "pickle", "BUILD")
case("new-object", archive(state(("w", name("torch", "float32") + EMPTY_TUPLE + b"\x81"))), "pickle")
case("persistent-module", archive(state(("w", MARK + text("module") + NONE + NONE + NONE + NONE + TUPLE + PERSID))), "pickle", "persistent id")

case("negative-stride", archive(state(("w", tensor(5, (6,), (-1,))))), "pickle", "negative")
case("negative-offset", archive(state(("w", tensor(-1)))), "pickle", "negative")
case("negative-size", archive(state(("w", tensor(0, (-2, -3))))), "pickle", "shape")
case("offset-outside", archive(state(("w", tensor(1)))), "pickle", "outside its storage")
case("stride-outside", archive(state(("w", tensor(0, (2, 3), (4, 1))))), "pickle", "outside its storage")
case("stride-overflow", archive(state(("w", tensor(0, (3, 1), (2**62, 1))))), "pickle", "outside its storage")
case("shape-overflow", archive(state(("w", tensor(0, (2**40, 2**40), (0, 0))))), "pickle", "shape")
case("repeated-elements", archive(state(("w", tensor(0, (2**40,), (0,))))), "pickle", "repeats")
case("rank", archive(state(("w", tensor(0, [1] * 65, [1] * 65)))), "pickle", "size and stride")
case("strides-missing", archive(state(("w", tensor(0, (2, 3), (1,))))), "pickle", "1 strides for 2 axes")
case("view-outside", stream(state(("w", tensor(of=storage(extra=MARK + text("v") + number(4) + number(3) + TUPLE))))), "pickle", "view")

# Distinct views that must be gathered: together more bytes than the file has.
short = PROTO + EMPTY_DICT + b"".join(
    text(f"{i}") + tensor(0, (2, 5000), (1 + i % 4999, 1), of=storage(10000)) + SETITEM for i in range(4)) + STOP
case("many-copies", archive(short, files={"data/0": bytes(40000)}), "storage", "more bytes than the file")

case("storage-huge", archive(state(("w", tensor(of=storage(2**60))))), "storage", "24 bytes")
case("storage-overflow", archive(state(("w", tensor(of=storage(2**62))))), "pickle", "persistent id")
case("storage-negative", archive(state(("w", tensor(of=storage(-6))))), "pickle", "persistent id")
case("storage-missing", archive(state(("w", tensor(of=storage(key="1"))))), "storage", "storage 1")
case("storage-elsewhere", archive(state(("w", tensor(of=storage(key="../../../etc/passwd"))))), "storage", "is not there")
case("storage-short", archive(state(("w", tensor())), files={"data/0": DATA[:-1]}), "storage", "23 bytes")
case("storage-two-types", stream(state(("w", tensor()), ("v", tensor(of=storage(kind="IntStorage"))))), "storage", "two ways")
case("stream-storage-huge", stream(state(("w", tensor(of=storage(2**60)))), data=struct.pack("<q", 2**60) + DATA), "truncated")
case("stream-storage-other", stream(state(("w", tensor())), data=struct.pack("<q", 5) + DATA), "storage", "5 elements")
case("stream-key-twice", stream(state(("w", tensor())), keys=("0", "0")), "storage")
case("stream-key-unknown", stream(state(("w", tensor())), keys=("0", "1")), "storage")
case("stream-truncated", stream(state(("w", tensor())))[:-1], "truncated")
case("stream-longer", stream(state(("w", tensor()))) + b"\0", "oversized", "1 bytes")

case("duplicate-keys", archive(state(("w", tensor()), ("w", tensor()))), "duplicate", "w twice")
case("key-number", archive(PROTO + EMPTY_DICT + number(1) + tensor() + SETITEM + STOP), "format", "no text")
case("no-tensors", archive(state(("epoch", number(3)))), "format", "epoch")
case("lone-tensor", archive(PROTO + tensor() + STOP), "format")
case("inside-itself", archive(PROTO + EMPTY_DICT + b"q\0" + text("model") + b"h\0" + SETITEM + STOP), "format")
case("deep", archive(PROTO + EMPTY_LIST * 30000 + APPEND * 29999 + STOP), "format")
case("deep-tuples", archive(PROTO + NONE + b"\x85" * 30000 + STOP), "format")
case("huge-memo", archive(PROTO + NONE + b"r\xff\xff\xff\xff" + b"\x94" * 20000 + STOP), "format")
case("memo-missing", archive(PROTO + b"j\xff\xff\xff\x7f" + STOP), "pickle", "memo 2147483647")
case("copied-pairs", archive(
    PROTO + EMPTY_LIST + b"q\0" + MARK + (NONE + NONE + b"\x86") * 3000 + b"e0"
    + (name("collections", "OrderedDict") + b"h\0\x85R0") * 1500 + NONE + STOP), "pickle", "items")

case("string-huge", archive(PROTO + b"\x8d" + struct.pack("<Q", 2**62) + b"a" + STOP), "truncated")
case("string-negative", archive(PROTO + b"T" + struct.pack("<i", -5) + b"aaaaa" + STOP), "truncated")
case("long-negative", archive(PROTO + b"\x8b" + struct.pack("<i", -1) + STOP), "truncated")
case("bytes-huge", archive(PROTO + b"\x96" + struct.pack("<Q", 2**63) + STOP), "truncated")
case("no-stop", archive(PROTO + NONE), "truncated")
case("empty-pickle", archive(b""), "truncated")
case("underflow", archive(PROTO + b"0" + STOP), "pickle", "nothing on the stack")
case("below-mark", archive(PROTO + NONE + MARK + b"0" + b"0" + b"0" + STOP), "pickle", "nothing on the stack")
case("no-mark", archive(PROTO + TUPLE + STOP), "pickle", "no mark")
case("odd-items", archive(PROTO + EMPTY_DICT + MARK + NONE + b"u" + STOP), "pickle", "without a value")
case("list-of-tensor", archive(PROTO + tensor() + NONE + APPEND + STOP), "pickle", "something else than a list")
case("endless-name", archive(PROTO + b"c" + b"a" * 5000 + STOP), "pickle", "without an end")
case("not-torch", PROTO + EMPTY_DICT + STOP, "format", "none that torch.save wrote")
case("wrong-version", b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02K\x01.", "pickle", "1001")

good = archive(state(("w", tensor())))
case("zip-truncated", good[: len(good) // 2], "truncated")
case("zip-tail-cut", good[:-1], "truncated")
case("zip-compressed", archive(state(("w", tensor())), files={"data/0": b"\0" * 100000}, compress=("data/0",)), "zip", "compressed")
case("zip-no-pickle", archive(b"", root="a").replace(b"data.pkl", b"data.pk_"), "format", "0 data.pkl")
case("zip-torchscript", archive(state(("w", tensor())), files={"data/0": DATA, "constants.pkl": b""}), "format", "TorchScript")
case("zip-two-entries", archive(state(("w", tensor())), files={"data/0": DATA, "data/1": DATA}).replace(b"data/1", b"data/0"), "zip", "twice")
case("zip-other-name", good.replace(b"archive/data/0", b"archive/data/x", 1), "zip", "another name")


def directory(data: bytes) -> int:
    return struct.unpack("<I", data[-6:-2])[0]


def patched(data: bytes, place: int, form: str, *values) -> bytes:
    packed = struct.pack(form, *values)
    return data[:place] + packed + data[place + len(packed):]


entries = [i for i in range(len(good)) if good[i : i + 4] == b"PK\1\2"]
case("zip-overlap", patched(good, entries[2] + 42, "<I", struct.unpack("<I", good[entries[0] + 42 : entries[0] + 46])[0]), "zip")
case("zip-size-beyond", patched(good, entries[2] + 20, "<II", 10**6, 10**6), "zip", "within the file")
case("zip-into-next", patched(good, entries[0] + 20, "<II", *(2 * [struct.unpack("<I", good[entries[0] + 20 : entries[0] + 24])[0] + 10])), "zip", "overlap")
case("zip-offset-beyond", patched(good, entries[2] + 42, "<I", 0xFFFFFFF0), "zip", "within the file")
case("zip-encrypted", patched(good, entries[2] + 8, "<H", 1), "zip", "encrypted")
case("zip-many-entries", patched(good, len(good) - 12, "<H", 65535), "zip", "directory")
case("zip-directory-beyond", patched(good, len(good) - 6, "<I", 0x7FFFFFFF), "zip", "directory")
locator = b"PK\6\7" + struct.pack("<IQI", 0, 2**63, 1)
case("zip-64-beyond", good[:-22] + locator + good[-22:], "zip", "64-bit")
end64 = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 2**60, 2**60, 2**61, 0)
place = len(good) - 22
case("zip-64-count", good[:-22] + end64 + b"PK\6\7" + struct.pack("<IQI", 0, place, 1) + good[-22:], "zip", "directory")

case("header-brace-only", struct.pack("<Q", 2) + b"{}" + b"\0", "oversized")
case("empty", b"", "truncated")

(folder / "expected.json").write_text(json.dumps(cases, indent=1, sort_keys=True) + "\n")
print(len(cases), "cases,", sum(f.stat().st_size for f in folder.iterdir()), "bytes")
