"""Checks a ledger, a backup or a proof with nothing but Python's standard library; chain.md says what and why.

    verify_chain.py LEDGER.db|BACKUP [SEALS [KEYS]]     the chain, and whether the ledger fulfils the seals
    verify_chain.py --proof PROOF.json KEYS             one entry under its seal
KEYS: file of public keys; without it those in SEALS are used. Exit status 0: everything holds; 1: it does not."""
import base64, gzip, hashlib, json, re, sqlite3, struct, sys
from pathlib import Path

# Ed25519 (RFC 8032, 5.1), slow and short
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)

def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P

def times(number, a):
    total = (0, 1, 1, 0)
    for bit in bin(number)[2:]:
        total = add(total, total)
        total = add(total, a) if bit == "1" else total
    return total

def point(raw):
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def signed_by(public, signature, text):
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    try:
        a, b = times(s, BASE), add(point(signature[:32]), times(k, point(public)))
    except ValueError:
        return False
    return s < ORDER and (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0

# The chain and the tree
def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def link(before, position, stream, version, topic, recorded_at, state):
    stream, topic = stream.encode(), topic.encode()
    sizes = len(stream), len(topic), len(state)
    return sha(before, struct.pack(">4sQQqQQQ", b"SL1\0", position, version, recorded_at, *sizes), stream, topic, state)

def grow(peaks, made):
    height, top = 0, sha(b"\0", made)
    while peaks and peaks[-1][0] == height:
        height, top = height + 1, sha(b"\1", peaks.pop()[1], top)
    peaks.append((height, top))

def root_of(peaks):
    root = peaks[-1][1] if peaks else sha()
    for _height, left in reversed(peaks[:-1]):
        root = sha(b"\1", left, root)
    return root

def root_from(made, index, size, path):  # RFC 9162, 2.1.3.2
    at, last, root = index, size - 1, sha(b"\0", made)
    for one in path:
        if last <= 0 or len(one) != 32:
            return None
        if at % 2 or at == last:
            root = sha(b"\1", one, root)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            root = sha(b"\1", root, one)
        at, last = at >> 1, last >> 1
    return root if last == 0 and 0 <= index < size else None

# Seals, keys, and the three things that are checked
KEY = re.compile(r"(?m)^sledger\+[0-9a-f]{8}\+([A-Za-z0-9+/]{44})$")
NOTE = re.compile(r"(sledger/([!-~]{1,64})\n(\d{1,18})\n([A-Za-z0-9+/]{43}=)\ntip ([0-9a-f]{64})\nsealed_at \S+\n)"
                  r"\n\u2014 sledger ([A-Za-z0-9+/]{91}=)\n", re.ASCII)

def keys_of(text):
    found = (base64.b64decode(one)[1:] for one in KEY.findall(text))
    return {sha(b"sledger\n\x01", public)[:4]: public for public in found}

def seals_of(text, keys):
    rest = KEY.sub("", NOTE.sub("", text)).strip()
    if rest:
        raise SystemExit(f"not a seal: {rest.splitlines()[0]}")
    for signed, ledger, position, root, tip, signature in NOTE.findall(text):
        raw = base64.b64decode(signature)
        if raw[:4] not in keys or not signed_by(keys[raw[:4]], raw[4:], signed.encode()):
            raise SystemExit(f"the seal of position {position} is forged or made with an unknown key")
        yield int(position), (ledger, bytes.fromhex(tip), base64.b64decode(root))

def log_of(path):
    if path.open("rb").read(15) == b"SQLite format 3":
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        columns = "position, originator_id, originator_version, topic, recorded_at, state, hash"
        head = db.execute("SELECT ledger_id, position, tip FROM ledger_head").fetchone()
        return *head, db.execute(f"SELECT {columns} FROM event ORDER BY position")
    lines = map(json.loads, gzip.open(path, "rt", encoding="utf-8"))
    about = next(lines)
    rows = ((*one[:5], one[5].encode(), bytes.fromhex(one[6])) for one in lines if isinstance(one, list))
    return about["ledger_id"], about["position"], bytes.fromhex(about["tip"]), rows

def check_log(path, seals):
    ledger, end, last, rows = log_of(path)
    tip, peaks, count = sha(b"sledger/genesis/1\0", ledger.encode()), [], 0
    for row in [None, *rows]:
        if row is not None:
            count, tip = count + 1, link(tip, count + 1, *row[1:6])
            grow(peaks, tip)
            if (row[0], row[6]) != (count, tip):
                return f"position {count} is not what was recorded"
        if any(at == count and seal != (ledger, tip, root_of(peaks)) for at, seal in seals):
            return f"the entries up to position {count} are not those that were sealed"
    if (count, tip) != (end, last):
        return f"the end of the ledger does not fit its last entry, {count}"
    cut = [at for at, _seal in seals if at > count]
    return f"cut off: position {max(cut)} was sealed, and the ledger ends at {count}" if cut else None

def check_proof(proof, keys):
    [(size, (_ledger, _tip, root))] = seals_of(proof["seal"] if proof["sledger_proof"] == 1 else "", keys)
    entry, path = proof["entry"], [bytes.fromhex(one) for one in proof["path"]]
    values = (entry[name] for name in ("position", "stream", "version", "topic", "recorded_at"))
    made = link(bytes.fromhex(proof["before"]), *values, entry["state"].encode())
    return None if root_from(made, entry["position"] - 1, size, path) == root else "the proof does not hold"

def main(words):
    if not 1 <= len(words) <= 3 or (words[0] == "--proof") != words[0].startswith("-"):
        raise SystemExit(__doc__)
    texts = [Path(word).read_text("utf-8") for word in words[1:]]
    if words[0] == "--proof":
        fault = check_proof(json.loads(texts[0]), keys_of(texts[1]))
    else:
        seals = list(seals_of(texts[0], keys_of(texts[-1]))) if texts else []
        fault = check_log(Path(words[0]), seals)
    print(fault or "everything holds")
    return 1 if fault else 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
