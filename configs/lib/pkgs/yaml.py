"""Writes JSON from the standard input to the standard output, as what YAML 1.1 and 1.2 both read.

PyYAML's plain scalars follow YAML 1.1. Texts that only 1.2 takes for numbers (``0o7``, ``1e3``) are
put in quotes too.
"""

import json
import re
import sys

import yaml

# What is a number for YAML 1.2's core schema and text for PyYAML.
NUMBER_OF_1_2 = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class Dumper(yaml.SafeDumper):
    """Lists stand below their names, further in."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def text(dumper, value):
    style = '"' if NUMBER_OF_1_2.fullmatch(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


Dumper.add_representer(str, text)
yaml.dump(
    json.load(sys.stdin),
    sys.stdout,
    Dumper=Dumper,
    allow_unicode=True,
    default_flow_style=False,
    sort_keys=False,
    width=float("inf"),
)
