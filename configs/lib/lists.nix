# Lists.
{ lib }:
let
  inherit (builtins)
    concatMap
    elem
    elemAt
    genList
    head
    length
    tail
    ;
  inherit (lib.asserts) assertMsg;
  inherit (lib.trivial) max min;
in
rec {
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    genList
    groupBy
    head
    isList
    length
    map
    partition
    sort
    tail
    ;

  /**
    A list of one element.

    Type: singleton :: a -> [a]

    Example:
      singleton "foo"
      => [ "foo" ]
  */
  singleton = x: [ x ];

  /**
    `map` with its arguments swapped, for long functions.

    Type: forEach :: [a] -> (a -> b) -> [b]

    Example:
      forEach [ 1 2 ] (x: toString x)
      => [ "1" "2" ]
  */
  forEach = list: f: map f list;

  /**
    Fold from the right; what the function does not ask for is not evaluated.

    Type: foldr :: (a -> b -> b) -> b -> [a] -> b

    Example:
      foldr (a: b: a + b) "z" [ "x" "y" ]
      => "xyz"
      foldr (a: b: a) null [ 1 (throw "never") ]
      => 1
  */
  foldr =
    op: nul: list:
    let
      size = length list;
      go = n: if n == size then nul else op (elemAt list n) (go (n + 1));
    in
    go 0;
  fold = foldr;

  /**
    Fold from the left; the accumulator is evaluated only when it is asked for.

    Type: foldl :: (b -> a -> b) -> b -> [a] -> b

    Example:
      foldl (a: b: a + b) "z" [ "x" "y" ]
      => "zxy"
  */
  foldl =
    op: nul: list:
    let
      go = n: if n == -1 then nul else op (go (n - 1)) (elemAt list n);
    in
    go (length list - 1);

  /**
    Fold from the left; the accumulator is evaluated at every step, the first one included.

    Type: foldl' :: (b -> a -> b) -> b -> [a] -> b

    Example:
      lists.foldl' (acc: x: acc + x) 0 [ 1 2 3 ]
      => 6
  */
  foldl' =
    op: init: list:
    builtins.seq init (builtins.foldl' op init list);

  /**
    Apply a function to the index, from 0, and each element.

    Type: imap0 :: (Int -> a -> b) -> [a] -> [b]

    Example:
      imap0 (i: v: "${v}-${toString i}") [ "a" "b" ]
      => [ "a-0" "b-1" ]
  */
  imap0 = f: list: genList (n: f n (elemAt list n)) (length list);

  /**
    Apply a function to the index, from 1, and each element.

    Type: imap1 :: (Int -> a -> b) -> [a] -> [b]

    Example:
      imap1 (i: v: "${v}-${toString i}") [ "a" "b" ]
      => [ "a-1" "b-2" ]
  */
  imap1 = f: list: genList (n: f (n + 1) (elemAt list n)) (length list);

  /**
    The elements whose index, from 0, and value satisfy a predicate.

    Type: ifilter0 :: (Int -> a -> Bool) -> [a] -> [a]

    Example:
      ifilter0 (i: v: i == 0 || v > 2) [ 1 2 3 ]
      => [ 1 3 ]
  */
  ifilter0 =
    pred: list:
    map (elemAt list) (builtins.filter (n: pred n (elemAt list n)) (genList (n: n) (length list)));

  /**
    All elements of nested lists; of what is no list, a list of it.

    Type: flatten :: Any -> [a]

    Example:
      [ (flatten [ 1 [ 2 [ 3 ] 4 ] 5 ]) (flatten 1) ]
      => [ [ 1 2 3 4 5 ] [ 1 ] ]
  */
  flatten = x: if builtins.isList x then concatMap flatten x else [ x ];

  /**
    A list without the elements that equal one.

    Type: remove :: a -> [a] -> [a]

    Example:
      remove 3 [ 1 3 4 3 ]
      => [ 1 4 ]
  */
  remove = e: builtins.filter (x: x != e);

  /**
    The only element that satisfies a predicate; one default for none, another for many.

    Type: findSingle :: (a -> Bool) -> a -> a -> [a] -> a

    Example:
      map (findSingle (x: x == 3) "none" "multiple") [ [ 1 3 3 ] [ 1 3 ] [ 1 9 ] ]
      => [ "multiple" 3 "none" ]
  */
  findSingle =
    pred: none: many: list:
    let
      found = builtins.filter pred list;
      size = length found;
    in
    if size == 0 then
      none
    else if size != 1 then
      many
    else
      head found;

  /**
    The index of the first element that satisfies a predicate, or a default.

    Type: findFirstIndex :: (a -> Bool) -> b -> [a] -> (Int | b)

    Example:
      [ (lists.findFirstIndex (x: x > 3) null [ 0 6 4 ]) (lists.findFirstIndex (x: x > 9) null [ 0 6 4 ]) ]
      => [ 1 null ]
  */
  findFirstIndex =
    pred: default: list:
    let
      size = length list;
      # A fold rather than recursion: lists may be longer than calls may be deep.
      step = found: n: if found == null && pred (elemAt list n) then n else found;
      found = builtins.foldl' step null (genList (n: n) size);
    in
    if found == null then default else found;

  /**
    The first element that satisfies a predicate, or a default.

    Type: findFirst :: (a -> Bool) -> a -> [a] -> a

    Example:
      [ (findFirst (x: x > 3) 7 [ 1 6 4 ]) (findFirst (x: x > 9) 7 [ 1 6 4 ]) ]
      => [ 6 7 ]
  */
  findFirst =
    pred: default: list:
    let
      index = findFirstIndex pred null list;
    in
    if index == null then default else elemAt list index;

  /**
    How many elements satisfy a predicate.

    Type: count :: (a -> Bool) -> [a] -> Int

    Example:
      count (x: x == 3) [ 3 2 3 4 6 ]
      => 2
  */
  count = pred: builtins.foldl' (n: x: if pred x then n + 1 else n) 0;

  /**
    A list of one element if a condition holds, else the empty list.

    Type: optional :: Bool -> a -> [a]

    Example:
      [ (optional true "foo") (optional false "foo") ]
      => [ [ "foo" ] [ ] ]
  */
  optional = condition: x: if condition then [ x ] else [ ];

  /**
    A list if a condition holds, else the empty list.

    Type: optionals :: Bool -> [a] -> [a]

    Example:
      [ (optionals true [ 2 3 ]) (optionals false [ 2 3 ]) ]
      => [ [ 2 3 ] [ ] ]
  */
  optionals = condition: list: if condition then list else [ ];

  /**
    A list as it is; anything else as a list of it.

    Type: toList :: Any -> [a]

    Example:
      map toList [ [ 1 2 ] "hi" ]
      => [ [ 1 2 ] [ "hi" ] ]
  */
  toList = x: if builtins.isList x then x else [ x ];

  /**
    The integers from one to another, both included.

    Type: range :: Int -> Int -> [Int]

    Example:
      [ (range 2 4) (range 3 2) ]
      => [ [ 2 3 4 ] [ ] ]
  */
  range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);

  /**
    A list of the same element several times.

    Type: replicate :: Int -> a -> [a]

    Example:
      lists.replicate 3 "a"
      => [ "a" "a" "a" ]
  */
  replicate = n: x: genList (_: x) n;

  /**
    Elements grouped by a key, each group folded from the left.

    Type: groupBy' :: (b -> a -> b) -> b -> (a -> String) -> [a] -> AttrSet

    Example:
      groupBy' (a: b: a + b) 0 (x: boolToString (x > 2)) [ 5 1 2 3 4 ]
      => { true = 12; false = 3; }
  */
  groupBy' =
    op: nul: key: list:
    builtins.mapAttrs (_: foldl op nul) (builtins.groupBy key list);

  /**
    The elements of two lists combined, as many as the shorter has.

    Type: zipListsWith :: (a -> b -> c) -> [a] -> [b] -> [c]

    Example:
      zipListsWith (a: b: a + b) [ "h" "l" ] [ "e" "o" "x" ]
      => [ "he" "lo" ]
  */
  zipListsWith =
    f: a: b:
    genList (n: f (elemAt a n) (elemAt b n)) (min (length a) (length b));

  /**
    The elements of two lists in pairs, as many as the shorter has.

    Type: zipLists :: [a] -> [b] -> [ { fst :: a; snd :: b; } ]

    Example:
      zipLists [ 1 2 ] [ "a" "b" ]
      => [ { fst = 1; snd = "a"; } { fst = 2; snd = "b"; } ]
  */
  zipLists = zipListsWith (fst: snd: { inherit fst snd; });

  /**
    A list in reverse.

    Type: reverseList :: [a] -> [a]

    Example:
      reverseList [ "b" "o" "j" ]
      => [ "j" "o" "b" ]
  */
  reverseList =
    list:
    let
      size = length list;
    in
    genList (n: elemAt list (size - n - 1)) size;

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

  /**
    The first elements.

    Type: take :: Int -> [a] -> [a]

    Example:
      [ (take 2 [ "a" "b" "c" ]) (take 9 [ "a" ]) ]
      => [ [ "a" "b" ] [ "a" ] ]
  */
  take = n: list: sublist 0 n list;

  /**
    The last elements.

    Type: takeEnd :: Int -> [a] -> [a]

    Example:
      takeEnd 2 [ "a" "b" "c" ]
      => [ "b" "c" ]
  */
  takeEnd = n: list: drop (max 0 (length list - n)) list;

  /**
    All but the first elements.

    Type: drop :: Int -> [a] -> [a]

    Example:
      drop 2 [ "a" "b" "c" ]
      => [ "c" ]
  */
  drop = n: list: sublist n (length list) list;

  /**
    All but the last elements.

    Type: dropEnd :: Int -> [a] -> [a]

    Example:
      dropEnd 2 [ 10 20 30 ]
      => [ 10 ]
  */
  dropEnd = n: list: take (max 0 (length list - n)) list;

  /**
    The longest beginning whose elements satisfy a predicate.

    Type: takeWhile :: (a -> Bool) -> [a] -> [a]

    Example:
      lists.takeWhile (x: x < 3) [ 1 2 3 1 ]
      => [ 1 2 ]
  */
  takeWhile = pred: list: take (findFirstIndex (x: !pred x) (length list) list) list;

  /**
    What follows the longest beginning whose elements satisfy a predicate.

    Type: dropWhile :: (a -> Bool) -> [a] -> [a]

    Example:
      lists.dropWhile (x: x < 3) [ 1 2 3 1 ]
      => [ 3 1 ]
  */
  dropWhile = pred: list: drop (findFirstIndex (x: !pred x) (length list) list) list;

  /**
    Whether the second list begins with the first.

    Type: hasPrefix :: [a] -> [a] -> Bool

    Example:
      [ (lists.hasPrefix [ 1 2 ] [ 1 2 3 ]) (lists.hasPrefix [ 0 ] [ 1 ]) ]
      => [ true false ]
  */
  hasPrefix = a: b: take (length a) b == a;

  /**
    What follows the first list in the second, which must begin with it.

    Type: removePrefix :: [a] -> [a] -> [a]

    Example:
      lists.removePrefix [ 1 2 ] [ 1 2 3 4 ]
      => [ 3 4 ]
      lists.removePrefix [ 0 ] [ 1 2 ]
      => error: lib.lists.removePrefix: First argument is not a list prefix of the second argument
  */
  removePrefix =
    a: b:
    if hasPrefix a b then
      drop (length a) b
    else
      throw "lib.lists.removePrefix: First argument is not a list prefix of the second argument";

  /**
    Some elements from a start on, at most as many as there are.

    Type: sublist :: Int -> Int -> [a] -> [a]

    Example:
      [ (sublist 1 3 [ "a" "b" "c" "d" "e" ]) (sublist 1 3 [ ]) ]
      => [ [ "b" "c" "d" ] [ ] ]
  */
  sublist =
    start: count: list:
    let
      size = length list;
    in
    genList (n: elemAt list (n + start)) (
      if start >= size then
        0
      else if start + count > size then
        size - start
      else
        count
    );

  /**
    The beginning that two lists share.

    Type: commonPrefix :: [a] -> [a] -> [a]

    Example:
      lists.commonPrefix [ 1 2 3 4 ] [ 1 2 4 8 ]
      => [ 1 2 ]
  */
  commonPrefix =
    a: b:
    let
      most = min (length a) (length b);
      same = findFirstIndex (n: elemAt a n != elemAt b n) most (genList (n: n) most);
    in
    take same a;

  /**
    The last element.

    Type: last :: [a] -> a

    Example:
      last [ 1 2 3 ]
      => 3
      last [ ]
      => error: lists.last: list must not be empty!
  */
  last =
    list:
    assert assertMsg (list != [ ]) "lists.last: list must not be empty!";
    elemAt list (length list - 1);

  /**
    All elements but the last.

    Type: init :: [a] -> [a]

    Example:
      init [ 1 2 3 ]
      => [ 1 2 ]
      init [ ]
      => error: lists.init: list must not be empty!
  */
  init =
    list:
    assert assertMsg (list != [ ]) "lists.init: list must not be empty!";
    take (length list - 1) list;

  /**
    What a function of several arguments gives for each choice of one from each list.
    `mapCartesianProduct` is clearer.

    Type: crossLists :: (a -> b -> ... -> z) -> [ [a] [b] ... ] -> [z]

    Example:
      crossLists (x: y: "${toString x}${toString y}") [ [ 1 2 ] [ 3 4 ] ]
      => [ "13" "14" "23" "24" ]
  */
  crossLists = lib.trivial.warn "lib.crossLists is deprecated, use lib.mapCartesianProduct instead." (
    f: lists: foldl (fs: args: concatMap (g: map g args) fs) [ f ] lists
  );

  /**
    The elements without later repetitions.

    Type: unique :: [a] -> [a]

    Example:
      unique [ 3 2 3 4 ]
      => [ 3 2 4 ]
  */
  unique =
    list:
    if builtins.all builtins.isString list then
      # The names of a set tell strings apart faster than a search does.
      let
        byText = builtins.groupBy (n: builtins.unsafeDiscardStringContext (elemAt list n)) (
          genList (n: n) (length list)
        );
        first = map head (builtins.attrValues byText);
      in
      map (elemAt list) (builtins.sort builtins.lessThan first)
    else
      builtins.foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ] list;

  /**
    The different strings of a list, sorted.

    Type: uniqueStrings :: [String] -> [String]

    Example:
      uniqueStrings [ "foo" "bar" "foo" ]
      => [ "bar" "foo" ]
  */
  uniqueStrings = list: builtins.attrNames (builtins.groupBy lib.trivial.id list);

  /**
    Whether no element is repeated.

    Type: allUnique :: [a] -> Bool

    Example:
      map allUnique [ [ 3 2 3 ] [ 3 2 4 ] ]
      => [ false true ]
  */
  allUnique = list: length (unique list) == length list;

  /**
    The elements of the second list that the first has too.

    Type: intersectLists :: [a] -> [a] -> [a]

    Example:
      intersectLists [ 1 2 3 ] [ 6 3 2 ]
      => [ 3 2 ]
  */
  intersectLists = a: builtins.filter (x: elem x a);

  /**
    The elements of the second list that the first does not have.

    Type: subtractLists :: [a] -> [a] -> [a]

    Example:
      subtractLists [ 3 2 ] [ 1 2 3 4 5 3 ]
      => [ 1 4 5 ]
  */
  subtractLists = a: builtins.filter (x: !(elem x a));

  /**
    Whether two lists have no element in common.

    Type: mutuallyExclusive :: [a] -> [a] -> Bool

    Example:
      [ (mutuallyExclusive [ 1 ] [ 2 ]) (mutuallyExclusive [ 1 ] [ 1 ]) ]
      => [ true false ]
  */
  mutuallyExclusive = a: b: length a == 0 || !(builtins.any (x: elem x a) b);

  /**
    A list with the element at an index replaced.

    Type: replaceElemAt :: [a] -> Int -> a -> [a]

    Example:
      lists.replaceElemAt [ "a" "b" "c" ] 0 "x"
      => [ "x" "b" "c" ]
      lists.replaceElemAt [ "a" ] 1 "x"
      => error: 'lists.replaceElemAt' called with index 1 on a list of size 1
  */
  replaceElemAt =
    list: index: new:
    if index < 0 || index >= length list then
      throw "'lists.replaceElemAt' called with index ${toString index} on a list of size ${toString (length list)}"
    else
      imap0 (n: x: if n == index then new else x) list;
}
