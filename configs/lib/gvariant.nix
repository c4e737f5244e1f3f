# Values of GVariant, GNOME's typed values, in their text form.
{ lib }:
let
  inherit (builtins)
    head
    isBool
    isFloat
    isInt
    isList
    isString
    typeOf
    ;
  inherit (lib.strings) concatMapStringsSep escape;

  # A value of a type; `show` is its text from itself.
  make = type: value: show: {
    _type = "gvariant";
    inherit type value;
    __toString = show;
  };
  integer = prefix: type: value: make type value (self: "${prefix}${toString self.value}");
  quoted = text: "'${builtins.replaceStrings [ "\n" ] [ "\\n" ] (escape [ "'" "\\" ] text)}'";
  commas = concatMapStringsSep "," toString;
in
rec {
  /**
    The texts that types are written as.

    Type: type :: AttrSet

    Example:
      gvariant.type.arrayOf gvariant.type.string
      => "as"
  */
  type = {
    arrayOf = t: "a${t}";
    maybeOf = t: "m${t}";
    tupleOf = ts: "(${lib.strings.concatStrings ts})";
    dictionaryEntryOf = name: value: "{${name}${value}}";
    string = "s";
    boolean = "b";
    uchar = "y";
    int16 = "n";
    uint16 = "q";
    int32 = "i";
    uint32 = "u";
    int64 = "x";
    uint64 = "t";
    double = "d";
    objectpath = "o";
    variant = "v";
  };

  /**
    Whether a value is of GVariant.

    Type: isGVariant :: Any -> Bool

    Example:
      map gvariant.isGVariant [ (gvariant.mkInt32 1) 1 ]
      => [ true false ]
  */
  isGVariant = v: v._type or "" == "gvariant";

  /**
    The functions that make integers.

    Type: intConstructors :: [ { name :: String; type :: String; min :: Int; max :: Int | null; } ]

    Example:
      map (c: c.name) gvariant.intConstructors
      => [ "mkInt16" "mkUint16" "mkInt32" "mkUint32" "mkInt64" "mkUint64" ]
  */
  intConstructors = [
    {
      name = "mkInt16";
      type = type.int16;
      min = -32768;
      max = 32767;
    }
    {
      name = "mkUint16";
      type = type.uint16;
      min = 0;
      max = 65535;
    }
    {
      name = "mkInt32";
      type = type.int32;
      min = -2147483648;
      max = 2147483647;
    }
    {
      name = "mkUint32";
      type = type.uint32;
      min = 0;
      max = 4294967295;
    }
    {
      name = "mkInt64";
      type = type.int64;
      # The smallest integer has no literal in the Nix language.
      min = -9223372036854775807 - 1;
      max = 9223372036854775807;
    }
    {
      name = "mkUint64";
      type = type.uint64;
      min = 0;
      max = null;
    }
  ];

  /**
    A value of the type that fits: Booleans, floats, strings, lists, and what is of GVariant already.
    Integers have many types; one must be chosen, as by `mkInt32`, but for elements of lists.

    Type: mkValue :: Any -> gvariant

    Example:
      map (v: toString (gvariant.mkValue v)) [ true "it's" 3.14 [ "a" ] ]
      => [ "true" "'it\\'s'" "3.140000" "@as ['a']" ]
      gvariant.mkValue { }
      => error: The GVariant type of a set cannot be told
  */
  mkValue =
    v:
    if isGVariant v then
      v
    else if isBool v then
      mkBoolean v
    else if isInt v then
      mkInt32 v
    else if isFloat v then
      mkDouble v
    else if isString v then
      mkString v
    else if isList v then
      mkArray v
    else
      throw "The GVariant type of a ${typeOf v} cannot be told; use a function of lib.gvariant";

  /**
    An array; its elements must be of one type, and there must be one.

    Type: mkArray :: [Any] -> gvariant

    Example:
      toString (gvariant.mkArray [ 1 2 ])
      => "@ai [1,2]"
      gvariant.mkArray [ ]
      => error: Please create empty array with mkEmptyArray.
      gvariant.mkArray [ 1 "a" ]
      => error: Elements in a list should have same type.
  */
  mkArray =
    elements:
    let
      values = map mkValue elements;
      kind = (head values).type;
    in
    if elements == [ ] then
      throw "Please create empty array with mkEmptyArray."
    else if builtins.any (v: v.type != kind) values then
      throw "Elements in a list should have same type."
    else
      make (type.arrayOf kind) values (self: "@${self.type} [${commas self.value}]");

  /**
    An empty array of a type.

    Type: mkEmptyArray :: String -> gvariant

    Example:
      toString (gvariant.mkEmptyArray gvariant.type.string)
      => "@as []"
  */
  mkEmptyArray = kind: make (type.arrayOf kind) [ ] (self: "@${self.type} []");

  /**
    A value whose type is part of it.

    Type: mkVariant :: Any -> gvariant

    Example:
      toString (gvariant.mkVariant "a")
      => "<'a'>"
  */
  mkVariant = value: make type.variant (mkValue value) (self: "<${toString self.value}>");

  /**
    An entry of a dictionary, which is an array of them.

    Type: mkDictionaryEntry :: Any -> Any -> gvariant

    Example:
      toString (gvariant.mkArray [ (gvariant.mkDictionaryEntry "a" true) ])
      => "@a{sb} [@{sb} {'a',true}]"
  */
  mkDictionaryEntry =
    name: value:
    let
      pair = map mkValue [
        name
        value
      ];
      kinds = map (v: v.type) pair;
    in
    make (type.dictionaryEntryOf (head kinds) (lib.lists.last kinds)) pair (
      self: "@${self.type} {${commas self.value}}"
    );

  /**
    A value of a type, or (null) nothing.

    Type: mkMaybe :: String -> (Any | null) -> gvariant

    Example:
      [ (toString (gvariant.mkMaybe "i" 1)) (toString (gvariant.mkMaybe "i" null)) ]
      => [ "just 1" "@mi nothing" ]
  */
  mkMaybe =
    kind: value:
    make (type.maybeOf kind) (if value == null then null else mkValue value) (
      self: if self.value == null then "@${self.type} nothing" else "just ${toString self.value}"
    );

  /**
    Nothing, of a type.

    Type: mkNothing :: String -> gvariant

    Example:
      toString (gvariant.mkNothing "s")
      => "@ms nothing"
  */
  mkNothing = kind: mkMaybe kind null;

  /**
    A value that could be nothing.

    Type: mkJust :: Any -> gvariant

    Example:
      toString (gvariant.mkJust true)
      => "just true"
  */
  mkJust =
    value:
    let
      made = mkValue value;
    in
    mkMaybe made.type made;

  /**
    A tuple.

    Type: mkTuple :: [Any] -> gvariant

    Example:
      toString (gvariant.mkTuple [ 1 "a" ])
      => "@(is) (1,'a')"
  */
  mkTuple =
    elements:
    let
      values = map mkValue elements;
    in
    make (type.tupleOf (map (v: v.type) values)) values (self: "@${self.type} (${commas self.value})");

  /**
    A Boolean.

    Type: mkBoolean :: Bool -> gvariant

    Example:
      toString (gvariant.mkBoolean false)
      => "false"
  */
  mkBoolean = value: make type.boolean value (self: lib.trivial.boolToString self.value);

  /**
    A string.

    Type: mkString :: String -> gvariant

    Example:
      toString (gvariant.mkString "a\nb")
      => "'a\\nb'"
  */
  mkString = value: make type.string value (self: quoted self.value);

  /**
    The path of an object on D-Bus.

    Type: mkObjectpath :: String -> gvariant

    Example:
      toString (gvariant.mkObjectpath "/a/b")
      => "objectpath '/a/b'"
  */
  mkObjectpath = value: make type.objectpath value (self: "objectpath ${quoted self.value}");

  /**
    A byte.

    Type: mkUchar :: Int -> gvariant

    Example:
      toString (gvariant.mkUchar 7)
      => "@y 7"
  */
  mkUchar = integer "@y " type.uchar;

  /**
    A 16 bit signed integer.

    Type: mkInt16 :: Int -> gvariant

    Example:
      toString (gvariant.mkInt16 1)
      => "int16 1"
  */
  mkInt16 = integer "int16 " type.int16;

  /**
    A 16 bit unsigned integer.

    Type: mkUint16 :: Int -> gvariant

    Example:
      toString (gvariant.mkUint16 1)
      => "uint16 1"
  */
  mkUint16 = integer "uint16 " type.uint16;

  /**
    A 32 bit signed integer.

    Type: mkInt32 :: Int -> gvariant

    Example:
      toString (gvariant.mkInt32 1)
      => "1"
  */
  mkInt32 = integer "" type.int32;

  /**
    A 32 bit unsigned integer.

    Type: mkUint32 :: Int -> gvariant

    Example:
      toString (gvariant.mkUint32 1)
      => "uint32 1"
  */
  mkUint32 = integer "uint32 " type.uint32;

  /**
    A 64 bit signed integer.

    Type: mkInt64 :: Int -> gvariant

    Example:
      toString (gvariant.mkInt64 1)
      => "int64 1"
  */
  mkInt64 = integer "int64 " type.int64;

  /**
    A 64 bit unsigned integer.

    Type: mkUint64 :: Int -> gvariant

    Example:
      toString (gvariant.mkUint64 1)
      => "uint64 1"
  */
  mkUint64 = integer "uint64 " type.uint64;

  /**
    A floating point number.

    Type: mkDouble :: Float -> gvariant

    Example:
      toString (gvariant.mkDouble 0.5)
      => "0.500000"
  */
  mkDouble = value: make type.double value (self: toString self.value);
}
