# Elements that are looked for.
{ lib }:
let
  inherit (builtins) elem elemAt genList head length;
in
rec {
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
}
