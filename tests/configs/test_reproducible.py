"""What `make reproducible` builds again is all that there is."""

from __future__ import annotations

from builder.cli.installable import find
from tests.configs.conftest import REPOSITORY, Systems

EXPRESSION = REPOSITORY / "tests/reproducible.nix"


def test_everything_is_built_again(systems: Systems) -> None:
    session = systems.session
    evaluator = session.evaluator
    _, outputs = session.outputs(f"{REPOSITORY}/configs")
    function = evaluator.eval_string(EXPRESSION.read_text(), "/", "reproducible.nix")
    text, _ = evaluator.coerce_to_string(evaluator.call(function, outputs))
    names = str(getattr(text, "text", text)).split()
    for machine in evaluator.force(outputs["nixosConfigurations"]):
        built = f"configs#nixosConfigurations.{machine}.config.system.build"
        formats = {"ext4", "iso", "raw-efi", *(() if "arm64" in machine else ("raw-bios",))}
        wanted = {f"{built}.toplevel", *(f"{built}.images.{name}" for name in formats)}
        assert wanted == {name for name in names if name.startswith(f"{built}.")}
    assert "configs#packages.x86_64-linux.hits" in names
    for name in names:
        value = find(session, f"{REPOSITORY}/{name}", prefixes=("",), default="").value
        assert "drvPath" in value
