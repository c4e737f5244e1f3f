# Order.
{ lib }:
let
  inherit (builtins) head length tail;
  inherit (lib.lists) reverseList;
in
rec {
  /**
    Depth-first search through a partial order, from the first element to one that nothing is before:
    `{ minimal, visited, rest }`, or `{ cycle, loops, visited, rest }` when it meets a cycle.

    Type: listDfs :: Bool -> (a -> a -> Bool) -> [a] -> AttrSet

    Example:
      listDfs true strings.hasPrefix [ "/home/user" "other" "/" "/home" ]
      => { minimal = "/"; visited = [ "/home/user" ]; rest = [ "/home" "other" ]; }
      listDfs true strings.hasPrefix [ "/home/user" "other" "/" "/home" "/" ]
      => { cycle = "/"; loops = [ "/" ]; visited = [ "/" "/home/user" ]; rest = [ "/home" "other" ]; }
  */
  listDfs =
    stopOnCycles: before: list:
    let
      visit =
        at: visited: rest:
        let
          loops = builtins.filter (x: before x at) visited;
          split = builtins.partition (x: before x at) rest;
        in
        if stopOnCycles && loops != [ ] then
          {
            cycle = at;
            inherit loops visited rest;
          }
        else if split.right == [ ] then
          {
            minimal = at;
            inherit visited rest;
          }
        else
          visit (head split.right) ([ at ] ++ visited) (tail split.right ++ split.wrong);
    in
    visit (head list) [ ] (tail list);

  /**
    Sort by a partial order: `{ result }`, or `{ cycle, loops }` when there is no such order.

    Type: toposort :: (a -> a -> Bool) -> [a] -> AttrSet

    Example:
      toposort (a: b: a < b) [ 3 2 1 ]
      => { result = [ 1 2 3 ]; }
      toposort strings.hasPrefix [ "/home/user" "other" "/" "/home" "/" ]
      => { cycle = [ "/home/user" "/" "/" ]; loops = [ "/" ]; }
  */
  toposort =
    before: list:
    let
      first = listDfs true before list;
      rest = toposort before (first.visited ++ first.rest);
    in
    if length list < 2 then
      { result = list; }
    else if first ? cycle then
      {
        cycle = reverseList ([ first.cycle ] ++ first.visited);
        inherit (first) loops;
      }
    else if rest ? cycle then
      rest
    else
      { result = [ first.minimal ] ++ rest.result; };

  /**
    Sort by what a function gives for each element; it is called once for each.

    Type: sortOn :: (a -> b) -> [a] -> [a]

    Example:
      sortOn stringLength [ "ccc" "a" "bb" ]
      => [ "a" "bb" "ccc" ]
  */
  sortOn =
    f: list:
    map (pair: pair.value) (
      builtins.sort (a: b: a.key < b.key) (
        map (value: {
          key = f value;
          inherit value;
        }) list
      )
    );

  /**
    Compare lists element by element: -1, 0 or 1.

    Type: compareLists :: (a -> a -> Int) -> [a] -> [a] -> Int

    Example:
      [ (compareLists compare [ ] [ ]) (compareLists compare [ ] [ "a" ]) (compareLists compare [ "b" ] [ "a" "z" ]) ]
      => [ 0 (-1) 1 ]
  */
  compareLists =
    cmp: a: b:
    if a == [ ] then
      (if b == [ ] then 0 else -1)
    else if b == [ ] then
      1
    else
      let
        order = cmp (head a) (head b);
      in
      if order == 0 then compareLists cmp (tail a) (tail b) else order;

  /**
    Sort strings so that numbers in them order by value.

    Type: naturalSort :: [String] -> [String]

    Example:
      naturalSort [ "disk11" "disk8" "disk100" "disk9" ]
      => [ "disk8" "disk9" "disk11" "disk100" ]
  */
  naturalSort =
    list:
    let
      parts =
        s:
        map (part: if builtins.isList part then lib.strings.toIntBase10 (head part) else part) (
          builtins.split "(0|[1-9][0-9]*)" s
        );
      keyed = map (x: {
        key = parts x;
        value = x;
      }) list;
    in
    map (x: x.value) (
      builtins.sort (a: b: compareLists lib.trivial.compare a.key b.key < 0) keyed
    );
}
