# Small functions for every day.
{ lib }:
let
  inherit (builtins) foldl' isAttrs;
in
rec {
  /** The argument itself. */
  id = x: x;

  /** A function that gives `x` whatever its argument is. */
  const = x: _: x;

  /** Pass a value through functions, the first one first. */
  pipe = foldl' (value: function: function value);

  /** `f` with its first two arguments swapped. */
  flip = f: a: b: f b a;

  /** `a ++ b` */
  concat = a: b: a ++ b;

  /** Logical or, and, exclusive or, not, as functions. */
  or = a: b: a || b;
  and = a: b: a && b;
  xor = a: b: a != b;

  /** Bitwise not. */
  bitNot = builtins.sub (-1);

  /** "true" or "false". */
  boolToString = b: if b then "true" else "false";

  /** "yes" or "no". */
  boolToYesNo = b: if b then "yes" else "no";

  /** `a // b` */
  mergeAttrs = a: b: a // b;

  /** The smaller, the larger of two numbers. */
  min = a: b: if a < b then a else b;
  max = a: b: if a > b then a else b;

  /** The remainder of an integer division; its sign is that of the dividend. */
  mod = a: b: a - b * (a / b);

  /** -1, 0 or 1 as a is less than, equal to or greater than b. */
  compare = a: b: if a < b then -1 else if a > b then 1 else 0;

  /** Order values for which `p` holds first; compare those by `yes`, the others by `no`. */
  splitByAndCompare =
    p: yes: no: a: b:
    if p a then
      (if p b then yes a b else -1)
    else if p b then
      1
    else
      no a b;

  /** The content of a JSON or a TOML file as a value. */
  importJSON = path: builtins.fromJSON (builtins.readFile path);
  importTOML = path: fromTOML (builtins.readFile path);

  /** The content of a text file without the newline at its end. */
  fileContents = path: lib.strings.removeSuffix "\n" (builtins.readFile path);

  /** Show a warning, then give the value. */
  warn = message: value: builtins.warn message value;
  warnIf = condition: message: if condition then warn message else id;
  warnIfNot = condition: message: if condition then id else warn message;

  /** Throw unless (or if) the condition holds; otherwise the identity. */
  throwIfNot = condition: message: if condition then id else throw message;
  throwIf = condition: message: if condition then throw message else id;

  /** Check that all elements of a list are among the valid ones; then the identity. */
  checkListOfEnum =
    message: valid: given:
    let
      wrong = lib.lists.subtractLists valid given;
      show = builtins.concatStringsSep ", ";
    in
    throwIfNot (wrong == [ ])
      "${message}: ${show (map builtins.toJSON wrong)} unexpected; valid ones: ${show (map builtins.toJSON valid)}";

  /** Give functions a set of named arguments that `functionArgs` reports. */
  setFunctionArgs = f: args: {
    __functor = self: f;
    __functionArgs = args;
  };

  /** The named arguments of a function, or of a set that can be called. */
  functionArgs =
    f:
    if f ? __functor then
      f.__functionArgs or (functionArgs (f.__functor f))
    else
      builtins.functionArgs f;

  /** Whether a value can be called. */
  isFunction = f: builtins.isFunction f || (f ? __functor && isFunction (f.__functor f));

  /** `g` with the named arguments of `f`. */
  mirrorFunctionArgs =
    f:
    let
      args = functionArgs f;
    in
    g: setFunctionArgs g args;

  /** A function: the value itself if it is one, or one that always gives it. */
  toFunction = v: if isFunction v then v else const v;

  /** Whether the expression is evaluated to be realised by `nix-shell`. */
  inNixShell = builtins.getEnv "IN_NIX_SHELL" != "";

  /** Apply `f` to a value unless it is null. */
  mapNullable = f: value: if value == null then value else f value;

  /** Digits of a number, the most significant first. */
  toBaseDigits =
    base: number:
    let
      go = n: if n < base then [ n ] else go (n / base) ++ [ (mod n base) ];
    in
    assert isAttrs { } && number >= 0 && base > 1;
    go number;

  /** A number in hexadecimal, in upper case. */
  toHexString =
    number:
    let
      digits = lib.strings.stringToCharacters "0123456789ABCDEF";
    in
    builtins.concatStringsSep "" (map (builtins.elemAt digits) (toBaseDigits 16 number));
}
