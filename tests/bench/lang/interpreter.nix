# A small machine interpreted: patterns with defaults, `with`, `rec`, nested sets, chains of `if`.
let
  inherit (builtins) elemAt foldl' genList length;
  instruction = { op, a ? 0, b ? 0, ... }: { inherit op a b; };
  program = map instruction [
    { op = "set"; a = 0; b = 0; }
    { op = "set"; a = 1; b = 9000; comment = "counter"; }
    { op = "add"; a = 0; b = 1; }
    { op = "sub"; a = 1; b = 3; }
    { op = "jnz"; a = 1; b = 2; }
    { op = "halt"; }
  ];
  step = state:
    let
      current = elemAt program state.pc;
      registers = state.registers;
      next = changes: state // { pc = state.pc + 1; steps = state.steps + 1; } // changes;
    in
    with current;
    if op == "set" then next { registers = registers // { "r${toString a}" = b; }; }
    else if op == "add" then next { registers = registers // { "r${toString a}" = registers."r${toString a}" + registers."r${toString b}"; }; }
    else if op == "sub" then next { registers = registers // { "r${toString a}" = registers."r${toString a}" - b; }; }
    else if op == "jnz" then next { pc = if registers."r${toString a}" != 0 then b else state.pc + 1; }
    else state // { halted = true; };
  start = offset: rec { pc = 0; steps = 0; halted = false; registers = { r0 = limit; r1 = limit; }; limit = offset; };
  run = offset: count: foldl' (state: _: if state.halted then state else step state) (start offset) (genList (n: n) count);
  results = genList (offset: run offset 6100) 6;
  result = elemAt results 5;
in
{ inherit (result) halted steps pc; registers = map (result: result.registers.r0) results; }
