"""Tributary's random numbers (RandomKey: Philox4x32-10 under labels) and the episodes drawn from them, in Python."""

M64 = (1 << 64) - 1


def philox(counter, key):
    c, k0, k1 = list(counter), key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        p0, p1 = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(p1 >> 32) ^ c[1] ^ k0, p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k1, p0 & 0xFFFFFFFF]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c


class RandomKey:
    def __init__(self, key, salt=0):
        self.key, self.salt = key, salt

    def words(self, block):
        return philox((block & 0xFFFFFFFF, block >> 32, self.salt & 0xFFFFFFFF, self.salt >> 32), self.key)

    def at(self, label):
        if isinstance(label, int):
            value, domain = label, 0x696E646578000002
        else:
            value, domain = 0xCBF29CE484222325, 0x6C6162656C000001
            for byte in label.encode():
                value = ((value ^ byte) * 0x100000001B3) & M64
        w = RandomKey(self.key ^ domain, self.salt).words(value)
        return RandomKey(w[0] | w[1] << 32, w[2] | w[3] << 32)

    def permutation(self, count):
        order, words, block = list(range(count)), [], 0

        def below(bound):
            nonlocal words, block
            while True:
                if not words:
                    words, block = self.words(block), block + 1
                low, high, *words = words
                product = (low | high << 32) * bound
                if product & M64 >= bound or product & M64 >= (1 << 64) % bound:
                    return product >> 64

        for index in range(count - 1, 0, -1):
            other = below(index + 1)
            order[index], order[other] = order[other], order[index]
        return order


def episode(classes, ways, shots, queries, key):
    """Two lists of (example, quarter turns, label): support and queries. classes: lists of examples with their quarter turns."""
    support, query = [], []
    large = [c for c in classes if len(c[0]) >= shots + queries]
    for label, index in enumerate(key.at("classes").permutation(len(large))[:ways]):
        examples, turn = large[index]
        order = key.at("examples").at(label).permutation(len(examples))[: shots + queries]
        rows = [(examples[i], turn, label) for i in order]
        support += rows[:shots]
        query += rows[shots:]
    return support, query


def inner_batches(support, steps, size, key):
    """What the steps on a support read: all of it, or parts of its random orders one after the other."""
    if not size or size >= len(support):
        return [support] * steps
    stream, epoch = [], 0
    while len(stream) < steps * size:
        stream += [support[i] for i in key.at("order").at(epoch).permutation(len(support))]
        epoch += 1
    return [stream[i * size : (i + 1) * size] for i in range(steps)]
