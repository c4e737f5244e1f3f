"""Builtins that fetch: their arguments; the fetching itself is the host's."""

from __future__ import annotations

from typing import Any

from builder.lang import reference_checks, reference_texts
from builder.lang.builtins.derivations import name_problem
from builder.lang.builtins.hashing import assumed, parse_hash
from builder.lang.builtins.table import World
from builder.lang.coerce import make_string
from builder.lang.context import PlainPath
from builder.lang.errors import EvalError
from builder.lang.expect import want_attrs, want_bool, want_for, want_in, want_plain, want_text
from builder.lang.host import FetchedTree, TreeAttributes, WantedClosure
from builder.lang.paths import base_name
from builder.lang.source import Pos
from builder.lang.symbols import in_order
from builder.lang.thunks import force, place_in
from builder.lang.values import Builtin, Path, describe

# What a tree is locked by; one of these is needed in pure mode.
_LOCKS = ("narHash",)
_NO_REV = "0" * 40
# Lines of traces.
_URL = "while evaluating the url we should fetch"
_CONTENT = "while evaluating the {} of the content we should fetch"
_FIRST = "while evaluating the first argument passed to {}"
_ATTRIBUTE = "while evaluating the {} attribute passed to builtins.{}"


def _file_arguments(who: str, value: Any, name: str) -> tuple[str, str, str | None]:
    """The URL, the store name and the hash that `fetchurl` or `fetchTarball` is given."""
    argument = force(value)
    if not isinstance(argument, dict):
        return want_for(_URL, argument, want_plain), name, None
    url, sha256 = None, None
    for key in in_order(argument):
        match key:
            case "url":
                url = want_in(argument, key, want_plain, _URL)
            case "sha256":
                sha256 = want_in(argument, key, want_plain, _CONTENT.format("sha256"))
            case "name":
                name = want_in(argument, key, want_plain, _CONTENT.format("name"))
            case _:
                raise EvalError(f"unsupported argument '{key}' to '{who}'")
    if url is None:
        raise EvalError("'url' argument required")
    return url, name, sha256


class Fetchers:
    """`fetchurl` and its kin over a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.host = world.host

    def _file(self, who: str, value: Any, *, unpack: bool) -> Any:
        url, name, given = _file_arguments(who, value, "source" if unpack else "")
        self.host.check_uri(url)
        sha256 = None
        if given is not None:
            sha256 = parse_hash(given or assumed(self.host, "sha256"), "sha256")[1]
        elif self.host.pure:
            raise EvalError(f"in pure evaluation mode, '{who}' requires a 'sha256' argument")
        name = name or base_name(url)
        if problem := name_problem(name):
            remedy = f"pass an attribute set with 'url' and 'name' attributes to '{who}', "
            attrs = force(value)
            if isinstance(attrs, dict):
                remedy = f"add a valid 'name' attribute to the argument for '{who}',"
                if "name" in attrs:
                    remedy = f"change the value for the 'name' attribute passed to '{who}',"
            raise EvalError(
                f"invalid store path name when fetching URL '{url}': {problem}. Please {remedy} so "
                "that it can create a valid store path."
            )
        path = self.host.fetch_file(url, name, unpack=unpack, sha256=sha256)
        return make_string(path, {PlainPath(path)})

    def fetch_url(self, value: Any) -> Any:
        """Download a file into the store."""
        return self._file("fetchurl", value, unpack=False)

    def fetch_tarball(self, value: Any) -> Any:
        """Download an archive and unpack it into the store."""
        return self._file("fetchTarball", value, unpack=True)

    def _text(self, doing: str, value: Any, pos: Pos | None = None) -> str:
        return self.world.coercion.text(value, set(), copy=False, doing=doing, pos=pos)

    def _attributes(self, value: Any, who: str) -> TreeAttributes:
        made: TreeAttributes = {}
        attrs = want_attrs(value)
        for name in in_order(attrs):
            item = force(attrs[name])
            if isinstance(item, Path):
                made[name] = f"file://{item.text}" if name == "url" else item.text
            elif item is None or isinstance(item, (list, dict, float)) or callable(item):
                raise EvalError(
                    f"{who} argument '{name}' is {describe(item)} while a string, Boolean or "
                    "integer is expected"
                )
            elif isinstance(item, int) and item < 0:
                raise EvalError(f"negative value given for fetchTree attr {name}: {item}")
            elif isinstance(item, (bool, int)):
                made[name] = item
            else:
                made[name] = want_text(item)
        return made

    def _tree(self, attributes: TreeAttributes, who: str, *, git: bool = False) -> Any:
        locked = any(attributes.get(name) for name in (("rev", "narHash") if git else _LOCKS))
        locked = locked or (attributes.get("type") != "path" and bool(attributes.get("rev")))
        shown = reference_texts.show({k: v for k, v in attributes.items() if k != "name"})
        if self.host.pure and not locked:
            raise EvalError(
                f"in pure evaluation mode, '{who}' will not fetch unlocked input '{shown}'"
            )
        self.host.check_uri(shown)
        return tree_value(self.host.fetch_tree(attributes), git=git)

    def fetch_tree(self, value: Any) -> Any:
        """Fetch what a flake reference, a text or a set, names."""
        argument = force(value)
        if not isinstance(argument, dict):
            text = self._text(_FIRST.format("the fetcher"), argument)
            return self._tree(reference_texts.parse(text), "fetchTree")
        if "type" in argument:
            want_in(argument, "type", want_plain, _ATTRIBUTE.format("`type`", "fetchTree"))
        attributes = self._attributes(argument, "fetchTree")
        if "type" not in attributes:
            raise EvalError("attribute 'type' is missing in call to 'fetchTree'")
        if "name" in attributes:
            raise EvalError("attribute 'name' isn’t supported in call to 'fetchTree'")
        if attributes["type"] == "git":
            attributes.setdefault("shallow", True)
        reference_checks.check(attributes)
        return self._tree(attributes, "fetchTree")

    def fetch_git(self, value: Any) -> Any:
        """Fetch a git repository."""
        argument = force(value)
        if isinstance(argument, dict):
            attributes = self._attributes(argument, "fetchGit")
        else:
            attributes = {"url": self._text(_FIRST.format("the fetcher"), argument)}
        if "url" not in attributes:
            raise EvalError("input attribute 'url' is missing")
        if isinstance(attributes.get("rev"), str):
            parse_hash(str(attributes["rev"]), "sha1")
        url = attributes["url"]
        if isinstance(url, str):
            attributes["url"] = f"file://{url}" if url.startswith("/") else url
        attributes["type"] = "git"
        if not attributes.get("submodules"):
            attributes.setdefault("exportIgnore", True)
        reference_checks.check(attributes)
        return self._tree(attributes, "fetchGit", git=True)

    def fetch_mercurial(self, value: Any) -> Any:
        """Fetch a Mercurial repository, with the program `hg`."""
        argument = force(value)
        attributes: TreeAttributes = {"name": "source"}
        if isinstance(argument, dict):
            for key in in_order(argument):
                if key not in ("url", "rev", "name"):
                    raise EvalError(
                        f"unsupported argument '{key}' to 'fetchMercurial'", place_in(argument, key)
                    )
                doing = _ATTRIBUTE.format(f"`{key}`", "fetchMercurial")
                attributes[key] = self._text(doing, argument[key], place_in(argument, key))
            if "url" not in attributes:
                raise EvalError("'url' argument required")
        else:
            doing = _FIRST.format("builtins.fetchMercurial")
            attributes["url"] = self._text(doing, argument)
        self.host.check_uri(str(attributes["url"]))
        if "rev" in attributes and not reference_checks.COMMIT.fullmatch(str(attributes["rev"])):
            attributes["ref"] = attributes.pop("rev")  # a branch or tag, which may move
        if self.host.pure and "rev" not in attributes:
            raise EvalError(
                "in pure evaluation mode, 'fetchMercurial' requires a Mercurial revision"
            )
        tree = self.host.fetch_tree({**attributes, "type": "hg"})
        made = tree_value(tree)
        rev = str(tree.attributes.get("rev", _NO_REV))
        count = {n: tree.attributes[n] for n in ("revCount",) if n in tree.attributes}
        return {
            "outPath": made["outPath"],
            "branch": tree.attributes.get("ref", ""),
            "rev": rev,
            "shortRev": rev[:12],
            **count,
        }

    def fetch_closure(self, attrs: Any) -> Any:
        """Take a store path and all it refers to from a binary cache."""
        given = want_attrs(attrs)
        texts: dict[str, str] = {}
        is_input_addressed = False
        for name in in_order(given):
            doing = _ATTRIBUTE.format(f"'{name}'", "fetchClosure")
            if name == "inputAddressed":
                is_input_addressed = want_in(given, name, want_bool, doing)
            elif name in ("fromPath", "toPath"):
                texts[name] = self._text(doing, given[name], place_in(given, name))
            elif name == "fromStore":
                texts[name] = want_in(given, name, want_plain, doing)
            else:
                raise EvalError(f"attribute '{name}' isn't supported in call to 'fetchClosure'")
        for name in ("fromPath", "fromStore"):
            if name not in texts:
                raise EvalError(f"attribute '{name}' is missing in call to 'fetchClosure'")
        if is_input_addressed and "toPath" in texts:
            raise EvalError(
                "attribute 'inputAddressed' is set to true, but 'toPath' is also set. "
                "Please remove one of them"
            )
        url = texts["fromStore"]
        if not url.startswith(("http://", "https://")):
            raise EvalError("'fetchClosure' only supports http:// and https:// stores")
        if "?" in url:
            raise EvalError(f"'fetchClosure' does not support URL query parameters (in '{url}')")
        path = self.host.fetch_closure(
            WantedClosure(
                store=url,
                path=texts["fromPath"],
                to_path=texts.get("toPath"),
                is_input_addressed=is_input_addressed,
            )
        )
        return make_string(path, {PlainPath(path)})

    def get_flake(self, text: Any) -> Any:
        """A flake's outputs, with its facts."""
        reference = want_plain(text)
        attributes = reference_texts.parse(reference)
        if self.host.pure and not any(attributes.get(name) for name in ("rev", "narHash")):
            raise EvalError(
                f"cannot call 'getFlake' on unlocked flake reference '{reference}', at «none»:0 "
                "(use --impure to override)"
            )
        return force(self.host.get_flake(reference))


def tree_value(tree: FetchedTree, *, git: bool = False) -> dict[str, Any]:
    """A fetched tree as the language sees it: `outPath`, `narHash`, `rev`, …"""
    facts = tree.attributes
    made: dict[str, Any] = {
        "outPath": make_string(tree.path, {PlainPath(tree.path)}),
        "narHash": facts["narHash"],
    }
    if facts.get("type") == "git":
        made["submodules"] = bool(facts.get("submodules", False))
    if "rev" in facts or git:
        rev = str(facts.get("rev", _NO_REV))
        made["rev"], made["shortRev"] = rev, rev[:7]
    if "revCount" in facts or git:
        made["revCount"] = facts.get("revCount", 0)
    for name in ("dirtyRev", "dirtyShortRev"):
        if name in facts:
            made[name] = facts[name]
    if "lastModified" in facts:
        from datetime import UTC, datetime  # rarely needed, slow to import

        modified = int(facts["lastModified"])
        made["lastModified"] = modified
        made["lastModifiedDate"] = datetime.fromtimestamp(modified, UTC).strftime("%Y%m%d%H%M%S")
    return made


def install(world: World) -> dict[str, Builtin]:
    """All of `Fetchers`."""
    fetchers = Fetchers(world)
    runs = {
        "fetchurl": fetchers.fetch_url,
        "fetchTarball": fetchers.fetch_tarball,
        "fetchGit": fetchers.fetch_git,
        "fetchTree": fetchers.fetch_tree,
        "fetchMercurial": fetchers.fetch_mercurial,
        "fetchClosure": fetchers.fetch_closure,
        "getFlake": fetchers.get_flake,
    }
    return {name: Builtin(name, "s", run) for name, run in runs.items()}
