"""What is known of Python variables at each point of the code under construction.

Code is made in the order in which it will run, so that what one part finds
out holds for the parts after it. A branch's knowledge ends with the branch;
what is known where a function or a thunk is made holds inside of it too,
since a variable that holds a value never holds a thunk again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from builder.lang.emit import Emitter
from builder.lang.source import Source

# So many variables of a Python function are its own; Python copies the names of all of them
# for each function in it. Further ones are items of a dict.
MOST_LOCALS = 400


class Flow(Emitter):
    """The part of the compiler that reads variables.

    `pending` are variables of the group of bindings under construction that
    are not assigned yet: code that runs at once must not read them, code in a
    thunk or a function may. `plain` are variables that never hold a thunk,
    `forced` those that certainly hold none any more. `owned` are the variables
    of the Python function under construction, which alone can be assigned;
    `aliases` are its copies, forced, of other functions' variables.

    `often` says that the code under construction may run more than a few times.
    Other code is made short: making it takes longer than running it. That of short functions
    `among_many` items of a list is, too. `nesting` is how
    many Python functions lie around it. `tables` maps each variable that is an item of a
    dict, under its own name, to the variable of that dict.
    """

    def __init__(self, source: Source, label: str = "") -> None:
        super().__init__(source, label)
        self.pending: set[str] = set()
        self.plain: set[str] = set()
        self.forced: set[str] = set()
        self.owned: set[str] = set()
        self.aliases: dict[str, str] = {}
        self.often = False
        self.among_many = False
        self.nesting = 0
        self.tables: dict[str, str] = {}
        self._dict: str | None = None
        self._locals = 0
        self._depth = 0

    def later(self, make: Callable[[], ast.expr], params: Iterable[str] = ()) -> ast.expr:
        """Make the body of a Python function, which runs only once all bindings of the
        group are assigned."""
        saved = self.pending, self.forced, self.owned, self.aliases, self._depth
        self.pending, self.forced, self.owned = set(), set(self.forced), set(params)
        self.aliases, self._depth = {}, 0
        outer = self._dict, self._locals
        self._dict, self._locals = None, 0
        self.nesting += 1
        made = self.with_table(make())
        self.nesting -= 1
        self._dict, self._locals = outer
        self.pending, self.forced, self.owned, self.aliases, self._depth = saved
        return made

    def with_table(self, body: ast.expr) -> ast.expr:
        """The body of the function under construction, after the making of what it needs."""
        if self._dict is None:
            return body
        # A function is known by the place of its first code: that of what it gives.
        outer, self.place = self.place, self.place_in(body)
        made = self.sequence([self.bind(self._dict, self.dict_of([]))], body)
        self.place = outer
        return made

    def local(self, together: int = 1) -> str:
        """A new Nix variable, to be assigned in the function under construction; one of so
        many that are bound together."""
        variable = self.fresh()
        self._locals += 1
        if max(self._locals, together) > MOST_LOCALS:
            self._dict = self._dict or self.fresh()
            self.tables[variable] = self._dict
        return variable

    def name(self, name: str) -> ast.expr:
        """A variable read."""
        table = self.tables.get(name)
        if table is None:
            return super().name(name)
        self.used.add(name)
        return self.item(super().name(table), self.constant(name))

    def branch(self, make: Callable[[], ast.expr]) -> ast.expr:
        """Make code that may not run, though what follows it does."""
        forced, aliases = set(self.forced), dict(self.aliases)
        made = make()
        self.forced, self.aliases = forced, aliases
        return made

    def thunk(self, make: Callable[[], ast.expr]) -> ast.expr:
        """Code that puts the made code off."""
        return self.call("Thunk", self.function(self.later(make)))

    def assign(self, variable: str, value: ast.expr) -> ast.expr:
        """Bind a Nix variable in the function under construction."""
        table = self.tables.get(variable)
        if table is not None:
            put = self.attribute(super().name(table), "__setitem__")
            return self.call(put, self.constant(variable), value)
        self.owned.add(variable)
        return self.bind(variable, value)

    def scratch(self) -> str:
        """A Python variable for what is used before the expression under construction ends.

        Nested ones differ; give it back with `release`.
        """
        self._depth += 1
        return f"t{self._depth}"

    def release(self, count: int = 1) -> None:
        """Give the last variables of `scratch` back."""
        self._depth -= count

    def known(self, variable: str) -> str | None:
        """The Python variable that holds the value of `variable` for certain, if one does."""
        if variable in self.plain or variable in self.forced:
            return variable
        return self.aliases.get(variable)

    def read(self, variable: str) -> ast.expr:
        """A variable's value, forced, and from now on known."""
        known = self.known(variable)
        if known is not None:
            return self.name(known)
        holder = variable
        if variable in self.owned:
            self.forced.add(variable)
        else:
            self.aliases[variable] = holder = self.fresh()
        force = self.call("force", self.name(variable))
        if not self.often:
            return self.bind(holder, force)
        is_thunk = self.has_type("Thunk", self.name(variable))
        if holder == variable:
            return self.choose(is_thunk, self.bind(variable, force), self.name(variable))
        return self.bind(holder, self.choose(is_thunk, force, self.name(variable)))

    def stored(self, variable: str) -> ast.expr:
        """A variable's value or thunk, as it can be stored."""
        return self.name(self.aliases.get(variable, variable))
