# Functions of functions.
{ lib }:
let
  inherit (builtins) foldl';
  inherit (lib.trivial) or;
in
rec {
  /**
    The argument itself.

    Type: id :: a -> a

    Example:
      id 1
      => 1
  */
  id = x: x;

  /**
    A function that gives its first argument whatever the second is; the second is never evaluated.

    Type: const :: a -> b -> a

    Example:
      const 5 (throw "never")
      => 5
  */
  const = x: _: x;

  /**
    Pass a value through a list of functions, the first one first.

    Type: pipe :: a -> [ (a -> b) (b -> c) ... ] -> z

    Example:
      pipe 2 [ (x: x + 2) (x: x * 2) ]
      => 8
  */
  pipe = foldl' (value: function: function value);

  /**
    A function with its first two arguments swapped.

    Type: flip :: (a -> b -> c) -> b -> a -> c

    Example:
      flip concat [ 1 ] [ 2 ]
      => [ 2 1 ]
  */
  flip =
    f: a: b:
    f b a;

  /**
    Tell which named arguments a function takes where the language cannot see them.

    Type: setFunctionArgs :: (AttrSet -> b) -> AttrSet -> (AttrSet -> b)

    Example:
      trivial.functionArgs (setFunctionArgs (args: args.a) { a = false; b = true; })
      => { a = false; b = true; }
  */
  setFunctionArgs = f: args: {
    __functor = _: f;
    __functionArgs = args;
  };

  /**
    The named arguments of a function, or of a set that can be called: whether each has a default.

    Type: functionArgs :: (a -> b) -> AttrSet

    Example:
      trivial.functionArgs ({ a, b ? 1 }: a)
      => { a = false; b = true; }
  */
  functionArgs =
    f: if f ? __functor then f.__functionArgs or (lib.trivial.functionArgs (f.__functor f)) else builtins.functionArgs f;

  /**
    Whether a value can be called: a function, or a set with `__functor`.

    Type: isFunction :: Any -> Bool

    Example:
      map isFunction [ (x: x) (setFunctionArgs (x: x) { }) { } ]
      => [ true true false ]
  */
  isFunction = f: builtins.isFunction f || (f ? __functor && lib.trivial.isFunction (f.__functor f));

  /**
    A function that seems to take the named arguments of another.

    Type: mirrorFunctionArgs :: (a -> b) -> (a -> c) -> (a -> c)

    Example:
      trivial.functionArgs (mirrorFunctionArgs ({ a, b ? 1 }: a) (args: 5))
      => { a = false; b = true; }
  */
  mirrorFunctionArgs =
    f:
    let
      args = lib.trivial.functionArgs f;
    in
    g: setFunctionArgs g args;

  /**
    The value itself if it can be called; otherwise a function that always gives it.

    Type: toFunction :: (a -> b | b) -> (a -> b)

    Example:
      [ (toFunction 1 2) (toFunction (x: x + 1) 2) ]
      => [ 1 3 ]
  */
  toFunction = v: if isFunction v then v else const v;

  /**
    A default for null.

    Type: defaultTo :: a -> (a | null) -> a

    Example:
      map (defaultTo "nothing") [ null "something" ]
      => [ "nothing" "something" ]
  */
  defaultTo = default: value: if value == null then default else value;

  /**
    Apply a function to a value unless it is null.

    Type: mapNullable :: (a -> b) -> (a | null) -> (b | null)

    Example:
      map (mapNullable (x: x + 1)) [ null 22 ]
      => [ null 23 ]
  */
  mapNullable = f: value: if value == null then value else f value;
}
