"""``builtin:dpkg-database``: what dpkg would know of packages that are unpacked without it.

Environment: ``debs``, JSON list of the store paths of ``.deb`` files. The
output is a folder for dpkg's ``--admindir``: ``status``, and in ``info/`` each
package's list of files and the files of its control archive that tools read.
See dpkg(1) and deb-control(5).
"""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

from builder.debian import tar
from builder.debian.deb import open_member
from builder.debian.errors import BadPackage
from builder.realise.builtin import BuildContext

_READ = frozenset({"md5sums", "shlibs", "symbols", "triggers"})
_FIELD = re.compile(r"^(Package|Architecture|Multi-Arch):[ \t]*(\S+)", re.MULTILINE)


def build(context: BuildContext) -> None:
    """Write the database; raises BadPackage, naming file and fault."""
    out = context.outputs["out"]
    (out / "info").mkdir(parents=True)
    (out / "updates").mkdir()
    stanzas = []
    for deb in json.loads(context.env["debs"]):
        try:
            stanzas.append(_add(context.real(deb), out / "info"))
        except BadPackage as error:
            raise BadPackage(f"cannot read '{deb}': {error}", hint=error.hint) from None
    (out / "info/format").write_text("1\n")
    (out / "status").write_text("\n".join(sorted(stanzas)))
    (out / "available").write_text("")


def _add(deb: Path, info: Path) -> str:
    """Write one package's files; its stanza."""
    control: dict[str, bytes] = {}
    with deb.open("rb") as source, closing(open_member(source, "control.tar")) as stream:
        reader = tar.TarReader(stream)
        for member in reader:
            if member.kind == tar.REGULAR:
                control[member.name.removeprefix("./")] = _whole(reader)
    if "control" not in control:
        raise BadPackage("its control archive has no file 'control'")
    stanza = control["control"].decode("utf-8", "replace").rstrip("\n")
    fields = dict(_FIELD.findall(stanza))
    if "Package" not in fields:
        raise BadPackage("its control file has no field 'Package'")
    name = fields["Package"]
    if fields.get("Multi-Arch") == "same":
        name += f":{fields.get('Architecture', '')}"
    if "/" in name:
        raise BadPackage(f"'{name}' is no name of a package")
    for kind in sorted(_READ & control.keys()):
        (info / f"{name}.{kind}").write_bytes(control[kind])
    (info / f"{name}.list").write_text("".join(f"{path}\n" for path in _files(deb)))
    head, _, rest = stanza.partition("\n")
    return f"{head}\nStatus: install ok installed\n{rest}\n"


def _whole(reader: tar.TarReader) -> bytes:
    pieces = []
    while data := reader.read(1 << 20):
        pieces.append(data)
    return b"".join(pieces)


def _files(deb: Path) -> list[str]:
    """The package's files as dpkg lists them: absolute, the root itself as "/."."""
    with deb.open("rb") as source, closing(open_member(source, "data.tar")) as stream:
        names = [
            member.name.strip("/").removeprefix(".").strip("/") for member in tar.TarReader(stream)
        ]
    return [f"/{name}" if name else "/." for name in names]
