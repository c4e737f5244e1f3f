# Values that refer to themselves, and changes to them.
{ lib }:
rec {
  /** The value `x` for which `x == f x`. */
  fix =
    f:
    let
      x = f x;
    in
    x;

  /** `fix` that keeps the function as the attribute `__unfix__`. */
  fix' =
    f:
    let
      x = f x // {
        __unfix__ = f;
      };
    in
    x;

  /** Apply `f` again and again until the value no longer changes. */
  converge =
    f: x:
    let
      next = f x;
    in
    if next == x then x else converge f next;

  /** A fixed-point function with an overlay (`final: prev: changes`) on top. */
  extends =
    overlay: f: final:
    let
      prev = f final;
    in
    prev // overlay final prev;

  /** One overlay that does what two do, the second on top of the first. */
  composeExtensions =
    first: second: final: prev:
    let
      changed = first final prev;
    in
    changed // second final (prev // changed);

  /** One overlay that does what a list of them does. */
  composeManyExtensions = builtins.foldl' composeExtensions (final: prev: { });

  /** A recursive set that can be changed by its attribute `extend`. */
  makeExtensible = makeExtensibleWithCustomName "extend";

  /** As `makeExtensible`, under another name than `extend`. */
  makeExtensibleWithCustomName =
    name: rattrs:
    fix' (
      self:
      (rattrs self)
      // {
        ${name} = overlay: makeExtensibleWithCustomName name (extends overlay rattrs);
      }
    );

  /** An overlay from a set, from a function of `prev`, or from an overlay. */
  toExtension =
    f:
    if lib.trivial.isFunction f then
      final: prev:
      let
        changed = f prev;
      in
      if lib.trivial.isFunction changed then f final prev else changed
    else
      final: prev: f;
}
