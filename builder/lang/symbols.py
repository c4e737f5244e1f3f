"""Names in the order in which an evaluation met them.

Wherever the reference goes through a set, and an error or a trace can show it, it goes by this
order: a set that is forced whole, sets that are compared, the arguments of functions and of
fetchers. It meets the names of a file when it reads it, as its grammar reduces
them: those of a default before the parameter's, those of a function's body before its
parameter. What it knows from the start was found by asking it (Nix 2.26.3).
"""

from __future__ import annotations

from collections.abc import Iterable

from builder.lang.compiled import TOP_LEVEL

_FIRST = """
<with> outPath drvPath type meta name value system __overrides outputs outputName __ignoreNulls
file line column __functor __toString right wrong __structuredAttrs allowedReferences
allowedRequisites disallowedReferences disallowedRequisites maxSize maxClosureSize builder args
__contentAddressed __impure outputHash outputHashAlgo outputHashMode recurseForDerivations
description self {} startSet operator key path prefix outputSpecified __sub __lessThan __mul
__div or __findFile __nixPath body
"""
# Each after its name with "__" before it, but for those of `_ALONE`.
_BUILTINS = """
builtins true false null currentTime currentSystem nixVersion storeDir langVersion traceVerbose
nixPath scopedImport import typeOf isNull isFunction isInt isFloat isString isBool isPath
genericClosure break abort throw addErrorContext ceil floor tryEval getEnv seq deepSeq trace
warn derivationStrict placeholder toPath storePath pathExists baseNameOf dirOf readFile findFile
hashFile readFileType readDir toXML toJSON fromJSON toFile filterSource path attrNames attrValues
getAttr unsafeGetAttrPos hasAttr isAttrs removeAttrs listToAttrs intersectAttrs catAttrs
functionArgs mapAttrs zipAttrsWith isList elemAt head tail map filter elem concatLists length
foldl' any all genList sort partition groupBy concatMap add sub mul div bitAnd bitOr bitXor
lessThan toString substring stringLength hashString convertHash match split concatStringsSep
replaceStrings parseDrvName compareVersions splitVersion unsafeDiscardStringContext hasContext
unsafeDiscardOutputDependency addDrvOutputDependencies getContext appendContext fetchClosure
fetchMercurial fetchTree fetchFinalTree fetchurl fetchTarball fetchGit fromTOML parseFlakeRef
flakeRefToString getFlake derivation
"""
_ALONE = TOP_LEVEL | {"fetchFinalTree"}
_LAST = "strict drvAttrs commonAttrs outputsList x outputToAttrListElement"


def _known() -> dict[str, int]:
    """What the reference has met before it reads anything; "" too, which `_FIRST` shows as {}."""
    names = ["" if name == "{}" else name for name in _FIRST.split()]
    for name in _BUILTINS.split():
        names += [name] if name in _ALONE else [f"__{name}", name]
    return {name: rank for rank, name in enumerate(dict.fromkeys(names + _LAST.split()))}


# Each with its rank.
KNOWN = _known()


class Symbols:
    """The names that one evaluator met."""

    __slots__ = ("_ranks", "_unread")

    def __init__(self) -> None:
        self._ranks = dict(KNOWN)
        # Few evaluations ever ask for the order: until then files' names are only kept.
        self._unread: list[str] = []

    def read(self, names: str) -> None:
        """A file is read that has these names, each with "\\0" before it."""
        self._unread.append(names)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """The names as they were met; those that no file has are met now, in the order given."""
        if self._unread:
            for unread in self._unread:
                self._meet(unread.split("\0")[1:])
            self._unread.clear()
        names = list(names)
        try:
            return sorted(names, key=self._ranks.__getitem__)
        except KeyError:
            self._meet(names)
            return sorted(names, key=self._ranks.__getitem__)

    def _meet(self, names: Iterable[str]) -> None:
        ranks = self._ranks
        for name in names:
            if name not in ranks:
                ranks[name] = len(ranks)

    def use(self) -> None:
        """Go by these from now on, as an evaluator does when it is asked for something."""
        global _current
        _current = self


_current = Symbols()


def in_order(names: Iterable[str]) -> list[str]:
    """The names as the evaluator at work met them."""
    return _current.in_order(names)
