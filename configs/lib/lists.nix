# Lists.
{ lib }:
let
  inherit (builtins) elem elemAt foldl' genList head length tail;
in
rec {
  inherit (builtins)
    all any concatLists concatMap elem elemAt filter foldl' genList head isList length map partition sort tail
    ;

  /** A list of one element. */
  singleton = x: [ x ];

  /** Apply a function to each element, its arguments swapped. */
  forEach = list: f: map f list;

  /** Fold from the right; lazy in the rest. */
  foldr =
    op: nul: list:
    let
      size = length list;
      go = n: if n == size then nul else op (elemAt list n) (go (n + 1));
    in
    go 0;
  fold = foldr;

  /** Fold from the left, lazy in the accumulator. */
  foldl =
    op: nul: list:
    let
      go = n: if n == -1 then nul else op (go (n - 1)) (elemAt list n);
    in
    go (length list - 1);

  /** Apply `f` to the index, from 0 or from 1, and each element. */
  imap0 = f: list: genList (n: f n (elemAt list n)) (length list);
  imap1 = f: list: genList (n: f (n + 1) (elemAt list n)) (length list);

  /** The elements whose index and value satisfy a predicate. */
  ifilter0 =
    pred: list:
    map (entry: entry.v) (builtins.filter (entry: pred entry.i entry.v) (imap0 (i: v: { inherit i v; }) list));

  /** All elements of nested lists. */
  flatten = x: if builtins.isList x then builtins.concatMap flatten x else [ x ];

  /** A list without the elements that equal one. */
  remove = e: builtins.filter (x: x != e);

  /** The only element that satisfies a predicate; a default for none, another for many. */
  findSingle =
    pred: none: many: list:
    let
      found = builtins.filter pred list;
      size = length found;
    in
    if size == 0 then none else if size != 1 then many else head found;

  /** The first element (its index) that satisfies a predicate, or a default. */
  findFirstIndex =
    pred: default: list:
    let
      size = length list;
      go = n: if n == size then default else if pred (elemAt list n) then n else go (n + 1);
    in
    go 0;
  findFirst =
    pred: default: list:
    let
      index = findFirstIndex pred null list;
    in
    if index == null then default else elemAt list index;

  /** How many elements satisfy a predicate. */
  count = pred: foldl' (n: x: if pred x then n + 1 else n) 0;

  /** A list of the element if the condition holds; the list if it holds. */
  optional = condition: x: if condition then [ x ] else [ ];
  optionals = condition: list: if condition then list else [ ];

  /** The value as a list, unless it is one. */
  toList = x: if builtins.isList x then x else [ x ];

  /** Integers from `first` to `last`, both included. */
  range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);

  /** `n` times the same element. */
  replicate = n: x: genList (_: x) n;

  /** Elements grouped by `key`, each group folded. */
  groupBy' =
    op: nul: key: list:
    builtins.mapAttrs (_: foldl op nul) (builtins.groupBy key list);
  groupBy = builtins.groupBy;

  /** Elements of two lists combined, as many as the shorter has. */
  zipListsWith =
    f: a: b:
    genList (n: f (elemAt a n) (elemAt b n)) (lib.trivial.min (length a) (length b));
  zipLists = zipListsWith (fst: snd: { inherit fst snd; });

  /** Reversed. */
  reverseList =
    list:
    let
      size = length list;
    in
    genList (n: elemAt list (size - n - 1)) size;

  /** Depth-first search for a cycle: see `toposort`. */
  listDfs =
    stopOnCycles: before: list:
    let
      visit =
        us: visited: rest:
        let
          cycles = builtins.filter (x: before x us) visited;
          split = builtins.partition (x: before x us) rest;
        in
        if stopOnCycles && cycles != [ ] then
          {
            cycle = us;
            loops = cycles;
            inherit visited rest;
          }
        else if split.right == [ ] then
          {
            minimal = us;
            inherit visited rest;
          }
        else
          visit (head split.right) ([ us ] ++ visited) (tail split.right ++ split.wrong);
    in
    visit (head list) [ ] (tail list);

  /** Sort by a partial order: `{ result }`, or `{ cycle, loops }`. */
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

  /** Sort by what a function gives for each element. */
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

  /** Compare lists element by element. */
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

  /** Sort strings so that numbers in them order by value. */
  naturalSort =
    list:
    let
      vectorise =
        s: map (x: if builtins.isList x then lib.strings.toIntBase10 (head x) else x) (builtins.split "(0|[1-9][0-9]*)" s);
      keyed = map (x: [ (vectorise x) x ]) list;
      less = a: b: compareLists lib.trivial.compare (head a) (head b) < 0;
    in
    map (x: elemAt x 1) (builtins.sort less keyed);

  /** The first `n` elements, all but the first `n`. */
  take = n: list: sublist 0 n list;
  drop = n: list: sublist n (length list) list;

  /** The last `n` elements, all but the last `n`. */
  takeEnd = n: list: drop (lib.trivial.max 0 (length list - n)) list;
  dropEnd = n: list: take (lib.trivial.max 0 (length list - n)) list;

  /** The longest beginning for which a predicate holds, and what follows it. */
  takeWhile =
    pred: list:
    let
      stop = findFirstIndex (x: !pred x) (length list) list;
    in
    take stop list;
  dropWhile =
    pred: list:
    let
      stop = findFirstIndex (x: !pred x) (length list) list;
    in
    drop stop list;

  /** Whether a list begins with another. */
  hasPrefix = a: b: take (length a) b == a;

  /** What follows a beginning. */
  removePrefix =
    a: b: if hasPrefix a b then drop (length a) b else throw "lib.lists.removePrefix: the first list is no beginning of the second";

  /** `count` elements from `start`. */
  sublist =
    start: count: list:
    let
      size = length list;
    in
    genList (n: elemAt list (n + start)) (
      if start >= size then 0 else if start + count > size then size - start else count
    );

  /** The beginning that two lists share. */
  commonPrefix =
    a: b:
    let
      most = lib.trivial.min (length a) (length b);
      go = n: if n == most || elemAt a n != elemAt b n then n else go (n + 1);
    in
    take (go 0) a;

  /** The last element, all but the last. */
  last =
    list:
    assert lib.asserts.assertMsg (list != [ ]) "lists.last: list must not be empty!";
    elemAt list (length list - 1);
  init =
    list:
    assert lib.asserts.assertMsg (list != [ ]) "lists.init: list must not be empty!";
    take (length list - 1) list;

  /** All pairs of two lists' elements, combined. */
  crossLists = f: lists: foldl (fs: args: builtins.concatMap (g: map g args) fs) [ f ] lists;

  /** The elements without later repetitions. */
  unique =
    list:
    if builtins.all builtins.isString list then
      # Names of a set tell apart faster than a search does.
      let
        keyed = builtins.listToAttrs (
          reverseList (imap0 (index: value: { name = builtins.unsafeDiscardStringContext value; value = index; }) list)
        );
        firsts = builtins.foldl' (
          seen: index:
          let
            name = builtins.unsafeDiscardStringContext (elemAt list index);
          in
          if seen ? ${name} then seen else seen // { ${name} = index; }
        ) { } (genList (n: n) (length list));
      in
      if builtins.length (builtins.attrNames keyed) == length list then
        list
      else
        map (elemAt list) (builtins.sort builtins.lessThan (builtins.attrValues firsts))
    else
      foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ] list;
  uniqueStrings = list: builtins.attrNames (builtins.groupBy lib.trivial.id list);

  /** Whether no element is repeated. */
  allUnique = list: length (unique list) == length list;

  /** The elements that both lists have; those of the second that the first has not. */
  intersectLists = a: builtins.filter (x: elem x a);
  subtractLists = a: builtins.filter (x: !(elem x a));

  /** Whether lists have no element in common. */
  mutuallyExclusive = a: b: length a == 0 || !(builtins.any (x: elem x a) b);

  /** All lists that take one element from each set entry. */
  concatLists' = builtins.concatLists;

  /** `list` with the element at an index replaced. */
  replaceElemAt =
    list: index: new:
    imap0 (n: x: if n == index then new else x) list;
}
