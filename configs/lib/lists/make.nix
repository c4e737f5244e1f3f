# Lists made of elements, and of other lists.
{ lib }:
let
  inherit (builtins) concatMap elemAt genList length;
  inherit (lib.lists) init last;
  inherit (lib.trivial) min;
in
rec {
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
    All elements of nested lists; of what is no list, a list of it.

    Type: flatten :: Any -> [a]

    Example:
      [ (flatten [ 1 [ 2 [ 3 ] 4 ] 5 ]) (flatten 1) ]
      => [ [ 1 2 3 4 5 ] [ 1 ] ]
  */
  flatten = x: if builtins.isList x then concatMap flatten x else [ x ];

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
    The lists of a set, joined in the order of their names.

    Type: concatAttrValues :: { ${name} :: [a]; } -> [a]

    Example:
      concatAttrValues { b = [ 3 ]; a = [ 1 2 ]; }
      => [ 1 2 3 ]
  */
  concatAttrValues = set: builtins.concatLists (builtins.attrValues set);

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
