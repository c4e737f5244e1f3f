# Making types in Nix. The types themselves are native (see `builtins.neve`).
{ lib }:
rec {
  /**
    Whether a value is marked as of a kind.

    Type: isType :: String -> a -> Bool

    Example:
      isType "option" (mkOption { })
      => true
  */
  isType = kind: value: value._type or "" == kind;

  /**
    A set marked as of a kind.

    Type: setType :: String -> AttrSet -> AttrSet

    Example:
      setType "x" { a = 1; }
      => { _type = "x"; a = 1; }
  */
  setType = kind: value: value // { _type = kind; };

  /**
    Whether a value is a type of options.

    Type: isOptionType :: Any -> Bool

    Example:
      map isOptionType [ types.int 1 ]
      => [ true false ]
  */
  isOptionType = isType "option-type";

  /**
    How a type is made from its parts; see `defaultTypeMerge`.

    Type: defaultFunctor :: String -> AttrSet

    Example:
      (defaultFunctor "x").name
      => "x"
  */
  defaultFunctor = name: {
    inherit name;
    type = lib.types.${name} or null;
    wrapped = null;
    payload = null;
    binOp = _: _: null;
  };

  /**
    The type that two of one name make together, from their functors; null when they make none.

    Type: defaultTypeMerge :: AttrSet -> AttrSet -> (OptionType | null)

    Example:
      defaultTypeMerge (defaultFunctor "a") (defaultFunctor "b")
      => null
      (defaultTypeMerge (types.enum [ 1 ]).functor (types.enum [ 2 ]).functor).description
      => "one of 1, 2"
  */
  defaultTypeMerge =
    a: b:
    let
      payload = a.binOp a.payload b.payload;
      wrapped = a.wrapped.typeMerge b.wrapped.functor;
    in
    if a.name != b.name then
      null
    else if a.payload or null != null && a ? wrappedDeprecationMessage then
      (if payload == null then null else a.type payload)
    else if a.payload or null != null && a.wrapped or null != null then
      throw "Type ${a.name} defines both `functor.payload` and `functor.wrapped` at the same time, which is not supported."
    else if a.payload or null != null then
      (if payload == null then null else a.type payload)
    else if a.wrapped or null != null then
      (if wrapped == null then null else a.type wrapped)
    else
      a.type;

  # A set of files; several definitions are united.
  fileset = mkOptionType {
    name = "fileset";
    description = "fileset";
    descriptionClass = "noun";
    check = lib.fileset.isFileset;
    merge = _: definitions: lib.fileset.unions (map (definition: definition.value) definitions);
    emptyValue.value = lib.fileset.empty;
  };

  /**
    A type from its parts; all but the name may be left out.

    Type: mkOptionType :: { name; description ? name; descriptionClass ? null; check ?; merge ?; emptyValue ? { }; getSubOptions ?; getSubModules ? null; substSubModules ?; typeMerge ?; functor ?; deprecationMessage ? null; nestedTypes ? { }; } -> OptionType

    Example:
      (mkOptionType { name = "even"; check = x: isInt x && mod x 2 == 0; }).check 3
      => false
  */
  mkOptionType =
    {
      name,
      description ? null,
      descriptionClass ? null,
      check ? _: true,
      merge ? lib.options.mergeDefaultOption,
      emptyValue ? { },
      getSubOptions ? _: { },
      getSubModules ? null,
      substSubModules ? _: null,
      typeMerge ? defaultTypeMerge functor,
      functor ? defaultFunctor name,
      deprecationMessage ? null,
      nestedTypes ? { },
    }:
    {
      _type = "option-type";
      description = if description == null then name else description;
      inherit
        name
        descriptionClass
        check
        merge
        emptyValue
        getSubOptions
        getSubModules
        substSubModules
        typeMerge
        functor
        deprecationMessage
        nestedTypes
        ;
    };

  # The types of what formats for data can hold.
  json = serializableValueWith { typeName = "JSON"; };
  toml = serializableValueWith {
    typeName = "TOML";
    nullable = false;
  };

  # Options, as `mkOption` gives them, as values.
  optionDeclaration = mkOptionType {
    name = "optionDeclaration";
    description = "option declaration";
    descriptionClass = "noun";
    check = value: isType "option" value && !(value ? value);
  };

  /**
    The type of what a format for data can hold: Booleans, numbers, strings, paths, lists and sets of
    these, and null if the format has it.

    Type: serializableValueWith :: { typeName :: String; nullable ? true; } -> OptionType

    Example:
      map (types.serializableValueWith { typeName = "X"; nullable = false; }).check [ 1 "a" null (x: x) ]
      => [ true true false false ]
  */
  serializableValueWith =
    {
      typeName,
      nullable ? true,
    }:
    let
      inherit (lib.types)
        attrsOf
        bool
        float
        int
        listOf
        nullOr
        oneOf
        path
        str
        ;
      base = oneOf [
        bool
        int
        float
        str
        path
        (attrsOf value)
        (listOf value)
      ];
      value = (if nullable then nullOr base else base) // {
        description = "${typeName} value";
      };
    in
    value;

  /**
    The type that two make together, as it is for an option that is declared with both; a set of the
    `_type` "merge-error" when they make none.

    Type: mergeTypes :: OptionType -> OptionType -> OptionType

    Example:
      (types.mergeTypes (types.enum [ "a" ]) (types.enum [ "b" ])).description
      => "one of \"a\", \"b\""
      types.mergeTypes types.int types.str
      => { _type = "merge-error"; error = "Cannot merge types"; }
  */
  mergeTypes =
    a: b:
    assert isOptionType a && isOptionType b;
    let
      merged = a.typeMerge b.functor;
    in
    if merged == null then setType "merge-error" { error = "Cannot merge types"; } else merged;

  /**
    A type's description inside of another's: in parentheses unless its class says that it is clear.

    Type: optionDescriptionPhrase :: (String -> Bool) -> OptionType -> String

    Example:
      map (types.optionDescriptionPhrase (class: class == "noun")) [ types.int (types.listOf types.int) ]
      => [ "signed integer" "(list of signed integer)" ]
  */
  optionDescriptionPhrase =
    clear: type:
    if clear (type.descriptionClass or null) then type.description else "(${type.description})";
}
