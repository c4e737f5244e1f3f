# The built-in sort with functions of the program, and a sort written in Nix.
let
  inherit (builtins) bitAnd elemAt foldl' genList head length lessThan sort tail;
  next = n: bitAnd (n * 1103515245 + 12345) 2147483647;
  random = count: (foldl' (state: _: { last = next state.last; all = [ state.last ] ++ state.all; }) { last = 42; all = [ ]; } (genList (n: n) count)).all;
  numbers = random 2500;
  records = genList (n: { id = n; key = bitAnd (next (next n)) 1023; name = "n${toString (bitAnd (next n) 4095)}"; }) 9000;
  byKey = sort (a: b: a.key < b.key || (a.key == b.key && a.id > b.id)) records;
  byName = sort (a: b: a.name < b.name) records;
  quick = list:
    if length list < 2 then list
    else
      let parts = builtins.partition (n: n < head list) (tail list);
      in quick parts.right ++ [ (head list) ] ++ quick parts.wrong;
in
[
  (elemAt byKey 100).id
  (elemAt byName 100).name
  (elemAt (sort lessThan numbers) 10)
  (quick numbers == sort (a: b: a < b) numbers)
]
