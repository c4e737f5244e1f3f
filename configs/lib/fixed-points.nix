# Values that refer to themselves, and changes to them.
{ lib }:
rec {
  /**
    The value `x` for which `x == f x`.

    Type: fix :: (a -> a) -> a

    Example:
      fix (self: { a = 1; b = self.a + 1; })
      => { a = 1; b = 2; }
  */
  fix =
    f:
    let
      x = f x;
    in
    x;

  /**
    `fix` that keeps the function in the attribute `__unfix__`.

    Type: fix' :: (AttrSet -> AttrSet) -> AttrSet

    Example:
      (fix' (self: { a = 1; })).__unfix__ { }
      => { a = 1; }
  */
  fix' =
    f:
    let
      x = f x // {
        __unfix__ = f;
      };
    in
    x;

  /**
    Apply a function again and again until the value no longer changes.

    Type: converge :: (a -> a) -> a -> a

    Example:
      converge (x: x / 2) 16
      => 0
  */
  converge =
    f: x:
    let
      next = f x;
    in
    if next == x then x else converge f next;

  /**
    A fixed-point function with an overlay (`final: prev: changes`) on top.

    Type: extends :: (AttrSet -> AttrSet -> AttrSet) -> (AttrSet -> AttrSet) -> (AttrSet -> AttrSet)

    Example:
      fix (extends (final: prev: { a = prev.a + 10; }) (self: { a = 1; b = self.a; }))
      => { a = 11; b = 11; }
  */
  extends =
    overlay: f: final:
    let
      prev = f final;
    in
    prev // overlay final prev;

  /**
    One overlay that does what two do, the second on top of the first.

    Type: composeExtensions :: Overlay -> Overlay -> Overlay

    Example:
      fix (extends (composeExtensions (final: prev: { a = prev.a + 1; }) (final: prev: { a = prev.a * 2; })) (self: { a = 3; }))
      => { a = 8; }
  */
  composeExtensions =
    first: second: final: prev:
    let
      changed = first final prev;
    in
    changed // second final (prev // changed);

  /**
    One overlay that does what all of a list do, later ones on top.

    Type: composeManyExtensions :: [Overlay] -> Overlay

    Example:
      fix (extends (composeManyExtensions [ (final: prev: { b = final.a; }) (final: prev: { a = 2; }) ]) (self: { a = 1; }))
      => { a = 2; b = 2; }
  */
  composeManyExtensions = lib.lists.foldr composeExtensions (final: prev: { });

  /**
    A recursive set that can be changed by an overlay given to its attribute `extend`.

    Type: makeExtensible :: (AttrSet -> AttrSet) -> AttrSet

    Example:
      ((makeExtensible (self: { a = 1; b = self.a; })).extend (final: prev: { a = 5; })).b
      => 5
  */
  makeExtensible = makeExtensibleWithCustomName "extend";

  /**
    `makeExtensible` with another name than `extend`.

    Type: makeExtensibleWithCustomName :: String -> (AttrSet -> AttrSet) -> AttrSet

    Example:
      ((makeExtensibleWithCustomName "change" (self: { a = 1; })).change { a = 2; }).a
      => 2
  */
  makeExtensibleWithCustomName =
    name: rattrs:
    fix' (
      self:
      (rattrs self)
      // {
        ${name} = overlay: makeExtensibleWithCustomName name (extends (toExtension overlay) rattrs);
      }
    );

  /**
    An overlay from a set of changes, from a function of `prev`, or from an overlay itself.

    Type: toExtension :: (AttrSet | (AttrSet -> AttrSet) | Overlay) -> Overlay

    Example:
      map (change: fix (extends (toExtension change) (self: { a = 1; }))) [ { a = 2; } (prev: { a = prev.a + 2; }) (final: prev: { b = final.a; }) ]
      => [ { a = 2; } { a = 3; } { a = 1; b = 1; } ]
  */
  toExtension =
    change:
    if lib.trivial.isFunction change then
      final: prev:
      let
        changes = change prev;
      in
      if lib.trivial.isFunction changes then change final prev else changes
    else
      final: prev: change;
}
