"""Programs with a token taken out, put in, doubled or changed: most are no programs any more."""

from __future__ import annotations

import re
from random import Random

from tests.lang.fuzz.program import Node

_TOKEN = re.compile(r"[a-zA-Z_][\w'-]*|[0-9.]+|''|\$\{|[-+*/<>=!&|.]+|\s+|.", re.DOTALL)
_OTHERS = (
    *("{", "}", "[", "]", "(", ")", '"', "''", "${", "let ", " in ", "if ", " then ", " else "),
    *("rec ", " inherit ", " or ", "with ", "assert ", ";", ":", "@", ",", "?", "...", ".", "="),
    *("==", "!", "-", "+", "++", "//", "->", "&&", "<", ">=", "1", "1.5", "a", "./a", "/a/b"),
    *("<a>", "a:b", "#", "/*", "*/", "\\", "$", "é", "\n", "%", "'", "|>", "<|", "__curPos"),
)


def damaged(program: Node, random: Random) -> Node:
    """The program's text with one to three tokens changed, as one piece."""
    tokens = _TOKEN.findall(str(program))
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(tokens))
        match random.randint(0, 3):
            case 0:
                tokens[at] = ""
            case 1:
                tokens[at] = random.choice(_OTHERS)
            case 2:
                tokens.insert(at, random.choice(_OTHERS))
            case _:
                tokens.insert(at, tokens[at])
    return Node(("".join(tokens),))
