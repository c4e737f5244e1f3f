# Ways to merge definitions.
{ lib }:
let
  inherit (builtins) head isAttrs isBool isFunction isList isString length;
  inherit (lib.options) showDefs showOption;
  advice = "Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.";
in
rec {
  /**
    Merge definitions by what they are: lists joined, sets united, Booleans or-ed, strings joined,
    functions by their results; others must be equal integers, or one.

    Type: mergeDefaultOption :: [String] -> [ { file; value; } ] -> a

    Example:
      map (values: mergeDefaultOption [ "a" ] (map (value: { file = "f"; inherit value; }) values)) [ [ [ 1 ] [ 2 ] ] [ "a" "b" ] [ false true ] [ 1 1 ] ]
      => [ [ 1 2 ] "ab" true 1 ]
      mergeDefaultOption [ "a" ] [ { file = "f"; value = 1; } { file = "g"; value = 2; } ]
      => error: Cannot merge definitions of `a'. Definition values:
  */
  mergeDefaultOption =
    loc: defs:
    let
      values = getValues defs;
      every = f: builtins.all f values;
    in
    if length values == 1 then
      head values
    else if every isFunction then
      argument: mergeDefaultOption loc (map (def: def // { value = def.value argument; }) defs)
    else if every isList then
      builtins.concatLists values
    else if every isAttrs then
      lib.attrsets.mergeAttrsList values
    else if every isBool then
      builtins.any lib.trivial.id values
    else if every isString then
      lib.strings.concatStrings values
    else if every builtins.isInt && every (v: v == head values) then
      head values
    else
      throw "Cannot merge definitions of `${showOption loc}'. Definition values:${showDefs defs}";

  /**
    The value of the only definition.

    Type: mergeOneOption :: [String] -> [ { file; value; } ] -> a

    Example:
      mergeOneOption [ "a" ] [ { file = "f"; value = 1; } ]
      => 1
      mergeOneOption [ "a" ] [ { file = "f"; value = 1; } { file = "g"; value = 1; } ]
      => error: The option `a' is defined multiple times while it's expected to be unique.
  */
  mergeOneOption = mergeUniqueOption { message = ""; };

  /**
    The only definition merged by a function; for more, an error with a message.

    Type: mergeUniqueOption :: { message :: String; merge ? null; } -> [String] -> [ { file; value; } ] -> a

    Example:
      mergeUniqueOption { message = "m"; merge = loc: defs: 5; } [ "a" ] [ { file = "f"; value = 1; } ]
      => 5
  */
  mergeUniqueOption =
    {
      message,
      merge ? null,
    }:
    loc: defs:
    if length defs == 1 then
      if merge == null then (head defs).value else merge loc defs
    else
      throw "The option `${showOption loc}' is defined multiple times while it's expected to be unique.\n${message}\nDefinition values:${showDefs defs}\n${advice}";

  /**
    The value that all definitions agree on.

    Type: mergeEqualOption :: [String] -> [ { file; value; } ] -> a

    Example:
      mergeEqualOption [ "a" ] [ { file = "f"; value = 1; } { file = "g"; value = 1; } ]
      => 1
      mergeEqualOption [ "a" ] [ { file = "f"; value = 1; } { file = "g"; value = 2; } ]
      => error: The option `a' has conflicting definition values:
  */
  mergeEqualOption =
    loc: defs:
    let
      first = head defs;
      other = lib.lists.findFirst (def: def.value != first.value) null (builtins.tail defs);
    in
    if defs == [ ] then
      abort "This case should never happen."
    else if other == null then
      first.value
    else
      throw "The option `${showOption loc}' has conflicting definition values:${
        showDefs [
          first
          other
        ]
      }\n${advice}";

  /**
    The values of definitions.

    Type: getValues :: [ { value :: a; } ] -> [a]

    Example:
      getValues [ { value = 1; } { value = 2; } ]
      => [ 1 2 ]
  */
  getValues = map (def: def.value);

  /**
    The files of definitions.

    Type: getFiles :: [ { file :: a; } ] -> [a]

    Example:
      getFiles [ { file = "f"; } ]
      => [ "f" ]
  */
  getFiles = map (def: def.file);
}
