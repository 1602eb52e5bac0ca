"""Where a file lies: on a disk of this machine, or on a share whose locks SQLite cannot rely on."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
SHARES = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "lustre", "glusterfs", "gpfs", "beegfs"),
        *("davfs", "fuse.sshfs", "fuse.glusterfs", "fuse.davfs2", "fuse.rclone", "fuse.s3fs", "fuse.cifs"),
        *("fuse.smbnetfs", "fuse.gvfsd-fuse"),
    }
)
"""Kinds of filesystem that belong to another machine, as Linux names them."""
_ESCAPED = re.compile(r"\\([0-7]{3})")


def share_of(path: Path) -> str | None:
    """The kind of share a path lies on; None on a disk of this machine, and where the system does not say.

    SQLite's manual warns of network filesystems: their locks are often broken, and two programs then write at once.
    """
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    target = path.resolve()
    found: tuple[int, str] = (-1, "")
    for line in lines:
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        point = Path(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        depth = len(point.parts)
        if depth >= found[0] and target.is_relative_to(point):
            found = (depth, right.split(" ")[0])
    return found[1] if found[1] in SHARES else None
