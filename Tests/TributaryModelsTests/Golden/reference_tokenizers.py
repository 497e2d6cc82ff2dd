"""Tokenizers of every kind that Tributary reads, trained by Hugging Face's and Google's own libraries, and hard texts.

Needs: pip install transformers tokenizers sentencepiece.
"""

import io
import json
import pathlib
import random
import sys
import tempfile

try:
    import torchvision  # noqa: F401
except Exception:
    # One built for another torch fails to load, and transformers with it; neither needs it here.
    sys.modules["torchvision"] = None

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AlbertTokenizer, GPT2Tokenizer, RobertaTokenizer


def lines(data):
    """Real lines of several kinds: news, film phrases, reviews and plays."""
    found = []
    data = pathlib.Path(data)

    def column(name, number, limit):
        rows = (data / name).read_text(encoding="utf-8").split("\n")
        found.extend([row.split("\t")[number] for row in rows if row.count("\t") >= number][:limit])

    column("ag_news/train.tsv", 1, 6000)
    column("ag_news/test.tsv", 1, 4000)
    column("sst2/sentences_train.tsv", 1, 3000)
    for kind in ("books", "dvd", "electronics", "kitchen"):
        column(f"amazon_reviews/{kind}_train.tsv", 3, 1000)
    found += [line for line in (data / "tinyshakespeare/input.txt").read_text().split("\n")][:3000]
    assert len(found) >= 20_000, len(found)
    return found[:20_000]


# Full NFKC rules would make a model of 300 KB; these few have the same form: one or several characters to none or more.
RULES = {
    0xA0: " ", 0x9: " ", 0xA: " ", 0xD: " ", 0x3000: " ", 0x200B: " ", 0xAD: "", 0x7F: "", 0xFB01: "fi", 0xFB02: "fl", 0x2122: "TM", 0xBD: "1\u20442",
    0x2026: "...", 0xB2: "2", 0x2460: "1", 0xFF01: "!", 0xFF1F: "?", 0xFF76: "\u30ab", 0x1F1E9: "D", 0xFDFA: "\u0635\u0644\u0649",
    **{0xFF21 + i: chr(65 + i) for i in range(26)}, **{0xFF41 + i: chr(97 + i) for i in range(26)},
}
SEQUENCES = {"\uff76\uff9e": "\u30ac", "e\u0301": "\u00e9", "a\u0300": "\u00e0", "n\u0303": "\u00f1", "\r\n": " "}


def rules_file(folder):
    path = pathlib.Path(folder) / "rules.tsv"
    rows = {chr(k): v for k, v in RULES.items()} | SEQUENCES
    hexa = lambda s: " ".join(f"{ord(c):X}" for c in s)  # noqa: E731
    path.write_text("".join(f"{hexa(k)}\t{hexa(v)}\n" for k, v in rows.items()))
    return str(path)


def sentencepiece_model(texts, size, rules=True, special=True):
    """The bytes of a trained spiece.model."""
    with tempfile.TemporaryDirectory() as folder:
        out = io.BytesIO()
        named = dict(normalization_rule_tsv=rules_file(folder)) if rules else dict(normalization_rule_name="nmt_nfkc")
        if special:
            named |= dict(pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, user_defined_symbols=[], control_symbols=["[CLS]", "[SEP]", "[MASK]"])
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts), model_writer=out, vocab_size=size, model_type="unigram", minloglevel=2, num_threads=2,
            character_coverage=0.999, **named)
        return out.getvalue()


def byte_level(texts, size, specials):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in model["merges"]]


def saved(tokenizer):
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        return json.loads((pathlib.Path(folder) / "tokenizer.json").read_text(encoding="utf-8"))


def pieces(model):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [(processor.id_to_piece(i), processor.get_score(i)) for i in range(processor.get_piece_size())]


def unigram(model, normalizer_steps, pre_tokenizer, template):
    """A Unigram tokenizer of `tokenizers` from a sentencepiece model's pieces."""
    vocabulary = pieces(model)
    unknown = [token for token, _ in vocabulary].index("<unk>")
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(normalizer_steps)
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.Metaspace()
    special = [AddedToken(t, special=True, normalized=False) for t in ("<s>", "</s>", "<pad>", "<unk>")]
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True, normalized=False)] + special)
    named = [(t, tokenizer.token_to_id(t)) for t in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single=template, special_tokens=named)
    return json.loads(tokenizer.to_str())


def charsmap(model):
    """The precompiled charsmap in a sentencepiece model: field 2 of the message in field 3."""

    def fields(data):
        index = 0

        def number():
            nonlocal index
            result = shift = 0
            while True:
                byte = data[index]
                index += 1
                result |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    return result

        while index < len(data):
            key = number()
            if key & 7 == 0:
                yield key >> 3, number()
            elif key & 7 == 5:
                index += 4
            elif key & 7 == 1:
                index += 8
            else:
                size = number()
                yield key >> 3, data[index:index + size]
                index += size

    normalizer = next(value for field, value in fields(model) if field == 3)
    return next(value for field, value in fields(normalizer) if field == 2)


def mixed(texts, size):
    """A WordPiece tokenizer with the parts that no published one above has, and added tokens of every kind."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="?", max_input_chars_per_word=30))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Strip(), normalizers.NFD(), normalizers.StripAccents(), normalizers.NFC(),
         normalizers.Replace("...", "\u2026"), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split("ab", "merged_with_previous"), pre_tokenizers.Split("-", "merged_with_next"),
         pre_tokenizers.Split("_", "contiguous"), pre_tokenizers.Digits(individual_digits=False), pre_tokenizers.Punctuation(), pre_tokenizers.Whitespace()])
    tokenizer.decoder = decoders.WordPiece(prefix="@@", cleanup=True)
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=["?"], continuing_subword_prefix="@@", show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())
    model["model"]["continuing_subword_prefix"] = "@@"
    tokenizer = Tokenizer.from_str(json.dumps(model))
    tokenizer.add_tokens([AddedToken("New York", single_word=True, normalized=True), AddedToken("<BOX>", normalized=False, rstrip=True), AddedToken("TM")])
    tokenizer.add_special_tokens([AddedToken("<end>", lstrip=True, rstrip=True)])
    end = tokenizer.token_to_id("<end>")
    tokenizer.post_processor = processors.Sequence([processors.TemplateProcessing(single="$A <end>", special_tokens=[("<end>", end)]), processors.ByteLevel()])
    return json.loads(tokenizer.to_str())


def fallback(texts, size):
    """Byte-pair encoding of characters with a byte fallback, as sentencepiece-born language models have."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)], limit_alphabet=60, show_progress=False)
    tokenizer.train_from_iterator([w for t in texts[:3000] for w in t.split()], trainer)
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    text = json.loads(tokenizer.to_str())
    # The bytes are ordinary tokens.
    text["added_tokens"] = text["added_tokens"][:3]
    return text


NAMES = ("gpt2", "roberta", "albert", "t5", "xlm-roberta", "mixed", "fallback")


def train(texts, size, full=False, names=NAMES):
    """tokenizer.json by name, and for some the files of a folder that has none. `full`: with the whole rules of NFKC."""
    found, files = {}, {}
    if "gpt2" in names:
        vocabulary, merges = byte_level(texts, size, ["<|endoftext|>"])
        found["gpt2"] = saved(GPT2Tokenizer(vocab=vocabulary, merges=merges))
    if "roberta" in names:
        vocabulary, merges = byte_level(texts[::2], size, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
        found["roberta"] = saved(RobertaTokenizer(vocab=vocabulary, merges=merges))
    if "albert" in names:
        model = sentencepiece_model(texts[::3], size, rules=not full)
        # As AlbertTokenizer.from_pretrained does with a folder that has this model alone (it needs protobuf for that).
        control = [AddedToken(t, normalized=False, special=True) for t in ("[CLS]", "[SEP]", "[MASK]")]
        found["albert"] = saved(AlbertTokenizer(
            vocab=pieces(model), _spm_precompiled_charsmap=charsmap(model), additional_special_tokens=control))
        files["albert"] = {"spiece.model": model}
    if "t5" in names or "xlm-roberta" in names:
        model = sentencepiece_model(texts[1::3], size, rules=not full, special=False)
        precompiled = normalizers.Precompiled(charsmap(model))
        found["t5"] = unigram(model, [precompiled], pre_tokenizers.Metaspace(prepend_scheme="first"), "$A </s>")
        found["xlm-roberta"] = unigram(
            model, [precompiled, normalizers.Replace(Regex(" {2,}"), " ")],
            pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]), "<s> $A </s>")
    if "mixed" in names:
        found["mixed"] = mixed(texts, size)
    if "fallback" in names:
        found["fallback"] = fallback(texts, size)
    return found, files


HARD = [
    "", " ", "  ", "\n", "\t\n\r ", "hello world", " hello world ", "  hello   world  ", "Hello, World!", "I'm you're we've they'll he'd it's don't 'tis 'S 'LL",
    "naïve café résumé", "naïve cafe\u0301", "Ångström Ünïcödé İstanbul ß ẞ", "ﬁ ﬂ ½ ² ™ …  ... ①", "ＦＵＬＬ ｗｉｄｔｈ！？", "ｶﾞ ｶ ﾞ ガ", "Привет, мир! Ёлка", "שָׁלוֹם مَرْحَبًا ﷺ",
    "नमस्ते दुनिया", "สวัสดีชาวโลก", "Tiếng Việt ệ ộ ữ", "한국어 각 \u1112\u1161\u11ab", "日本語のテキスト 中文字符 㐀", "😀😃 hello😀world", "👨‍👩‍👧‍👦 👍🏽 🇩🇪🇫🇷 🏳️‍🌈 ❤️",
    "zero\u200bwidth\u200cnon\u200djoiner soft\u00adhyphen \ufeffbom", "a\u0000b\u0001c\u007fd\u0080e\u0085f", "a\u000bb\u000cc\u001fd\r\ne\r\n\r\nf", "nb\u00a0sp\u3000id\u1680og\u2028l\u2029p",
    "e\u0301\u0327\u0323 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!", "\u0301\u0301 leading", "1234567890 3.14 1,000 ٣٤ ⅣⅨ ½", "snake_case camelCase kebab-case ab-ab_ab__ab", "$100.00 €5 & more + less = <x> ^ ~ ` |",
    "``quoted'' ''a`` `b'", "https://example.com/a?b=c&d=e#f", "tab\tand\nline\n\n  two", "   leading", "trailing   ", "a  b   c    d", "…!!!???---", "x" * 29 + " " + "y" * 31, "a" * 700, "ab" * 300, "é" * 200,
    "\U0001f9d1\u200d\U0001f4bb \U00020000 \U0002f800 \U000f0000 \ue000 \ufffd", "\u1c89\ua7cb\ua7da \U00011b00 \U00016ac0 newer letters \u1acf", "\U0001e030 \u0897 \u1dfa marks",
    "<|endoftext|>", "a<|endoftext|>b <|endoftext|> c", "<s>hello</s>", "x <mask> y  <mask>z", "[CLS] a [SEP]b[MASK] [sep]", "<pad><unk> <unk>", "<BOX>   box <BOX>", "  <end>  x<end>y", "New York new york newyork New Yorker", "TM tm Tm",
    "▁ ▁under▁score", "Ġ Ċ literal", "<0x41> <0x0A>", "don\u2019t \u201cquotes\u201d \u2018x\u2019", "\r\n", "ß" * 40, " \u0301", "\u2581", "İ", "\u01c4\u01c5\u01c6 ΣΊΣΥΦΟΣ",
]


def soup(count, seed=5):
    """Random strings of difficult characters."""
    source = random.Random(seed)
    ranges = [(0x20, 0x7E), (0x20, 0x7E), (0x9, 0x20), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x1100, 0x11FF),
              (0x1AB0, 0x1AFF), (0x1DC0, 0x1FFF), (0x2000, 0x206F), (0x20D0, 0x20F0), (0x2100, 0x24FF), (0x2E80, 0x30FF), (0x4E00, 0x4E80), (0xAC00, 0xAC80), (0xF900, 0xFA00),
              (0xFE00, 0xFFEF), (0x10A00, 0x10A50), (0x11000, 0x11100), (0x1D400, 0x1D500), (0x1E000, 0x1E100), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1F6FF)]
    return ["".join(chr(source.randint(*source.choice(ranges))) for _ in range(source.randint(1, 30))) for _ in range(count)]
