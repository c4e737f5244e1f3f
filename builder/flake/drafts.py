"""Derivations that were computed and not written yet."""

from __future__ import annotations

from collections.abc import Mapping

from builder.lang.context import BuiltOutput, DeepDerivation, PlainPath
from builder.lang.errors import EvalError
from builder.lang.host import DerivationRequest, Instantiated, OutputHash
from builder.store.derivation import Derivation
from builder.store.errors import FormatError, InvalidPath
from builder.store.hash_modulo import HashModulo
from builder.store.hashes import Hash
from builder.store.instantiate import instantiate
from builder.store.local import LocalStore
from builder.store.paths import StorePath


class Drafts:
    """Computes derivations over a store; `known` holds them."""

    def __init__(self, store: LocalStore, known: dict[StorePath, Derivation]) -> None:
        self.store = store
        self.known = known
        self._modulo = HashModulo(self.find)

    def find(self, path: StorePath) -> Derivation:
        """A derivation, written or not."""
        return self.known.get(path) or self.store.read_derivation(path)

    def instantiate(self, request: DerivationRequest) -> Instantiated:
        """Compute a derivation's paths and remember it; raises `EvalError`."""
        sources: set[StorePath] = set()
        inputs: dict[StorePath, set[str]] = {}
        for element in request.context:
            match element:
                case PlainPath(path):
                    sources.add(StorePath.split(path)[0])
                case BuiltOutput(path, output):
                    inputs.setdefault(StorePath.parse(path), set()).add(output)
                case DeepDerivation(path):
                    self._add_deep(StorePath.parse(path), sources, inputs)
        env: Mapping[str, str]
        env = {"__json": request.structured} if request.structured is not None else request.env
        fixed = request.output_hash
        try:
            drv, derivation = instantiate(
                name=request.name,
                system=request.system,
                builder=request.builder,
                args=request.args,
                env=env,
                outputs=request.outputs,
                output_hash=_content(fixed) if fixed else None,
                recursive=fixed is not None and fixed.mode == "recursive",
                input_srcs=sources,
                input_drvs=inputs,
                modulo=self._modulo,
            )
        except FormatError as error:
            raise EvalError(str(error)) from None
        except InvalidPath:
            lost = next(path for path in sorted(inputs) if not self._is_known(path))
            raise EvalError(f"path '{lost}' is not valid") from None
        self.known[drv] = derivation
        outputs = {name: str(made) for name, made in derivation.output_paths().items()}
        return Instantiated(drv_path=str(drv), outputs=outputs)

    def _is_known(self, path: StorePath) -> bool:
        return path in self.known or self.store.is_valid(path)

    def _add_deep(
        self, path: StorePath, sources: set[StorePath], inputs: dict[StorePath, set[str]]
    ) -> None:
        """All that building `path` needs, derivations and sources."""
        if not self._is_known(path):
            raise EvalError(f"path '{path}' is not valid")
        try:
            self.store.add_derivations(self.known)
        except InvalidPath as error:  # one of them refers to what nobody has
            raise EvalError(str(error)) from None
        for info in self.store.closure([path]):
            sources.add(info.path)
            if info.path.is_derivation:
                inputs.setdefault(info.path, set()).update(self.find(info.path).outputs)


def _content(fixed: OutputHash) -> Hash:
    if fixed.mode not in ("flat", "recursive"):
        raise EvalError(f"outputHashMode '{fixed.mode}' is not supported; use flat or recursive")
    if not fixed.value:
        return Hash(algo=fixed.algo or "sha256", digest=bytes(32))
    return Hash.parse(fixed.value, fixed.algo)
