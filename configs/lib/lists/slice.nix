# Parts of lists.
{ lib }:
let
  inherit (builtins) elemAt genList length;
  inherit (lib.asserts) assertMsg;
  inherit (lib.lists) count findFirstIndex;
  inherit (lib.trivial) max min;
in
rec {
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
}
