"""What the tests of seals share: the verifier an auditor reads, and the vectors of docs/reference/chain.md.

`python -m tests.sealing` writes the vectors anew; they change only when the format does, that is never.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.persistence import merkle
from ledger.persistence.chain import genesis, link
from ledger.persistence.notes import Seal, SealingKey, key_text

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
VECTORS = REFERENCE / "chain-vectors.json"
SEED = bytes(range(32))
"""A private key that everybody knows, for the vectors alone."""
LEDGER = "00112233445566778899aabbccddeeff"
STATES = ('{"v":1,"id":"a"}', '{"v":1,"id":"赵"}', "{}", '{"v":2,"id":"#4"}', '{"v":1,"id":"😀"}')
SEALED_AT = 1_700_000_000_123_456


def verifier() -> Any:
    """docs/reference/verify_chain.py as a module; it imports nothing of the ledger."""
    spec = importlib.util.spec_from_file_location("verify_chain", REFERENCE / "verify_chain.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def vectors() -> dict[str, Any]:
    """A chain of five entries, its roots, a seal, and the path of every entry."""
    key = SealingKey(Ed25519PrivateKey.from_private_bytes(SEED))
    tip = genesis(LEDGER)
    tree, links, entries, roots = merkle.Tree(), [], [], [merkle.EMPTY.hex()]
    for number, state in enumerate(STATES, 1):
        row = {
            "position": number,
            "stream": f"person:P{number % 2}",
            "version": (number + 1) // 2,
            "topic": "person.hired",
            "recorded_at": SEALED_AT - 1000 + number,
            "state": state,
        }
        tip = link(tip, number, row["stream"], row["version"], row["topic"], row["recorded_at"], state.encode())  # type: ignore[arg-type]
        links.append(tip)
        tree.add(tip)
        roots.append(tree.root().hex())
        entries.append({**row, "link": tip.hex(), "leaf": merkle.leaf(tip).hex()})
    signed = key.sign(Seal(LEDGER, len(STATES), tree.root(), tip, SEALED_AT))
    paths = [[one.hex() for one in merkle.path(links, index, len(links))] for index in range(len(links))]
    return {
        "ledger_id": LEDGER,
        "genesis": genesis(LEDGER).hex(),
        "entries": entries,
        "roots": roots,
        "paths": paths,
        "private_key": SEED.hex(),
        "public_key": key_text(key.public),
        "seal": signed.note(),
    }


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
