# Paths, and texts that are paths below something ("subpaths").
{ lib }:
let
  inherit (builtins)
    concatStringsSep
    elemAt
    isPath
    isString
    length
    match
    split
    typeOf
    ;
  inherit (lib.asserts) assertMsg;
  inherit (lib.lists)
    findFirstIndex
    sublist
    take
    ;

  # Why a value is no subpath, or null.
  wrong =
    value:
    if !isString value then
      "The given value is of type ${typeOf value}, but a string was expected"
    else if value == "" then
      "The given string is empty"
    else if builtins.substring 0 1 value == "/" then
      "The given string \"${value}\" starts with a `/`, representing an absolute path"
    else if match "(.*/)?\\.\\.(/.*)?" value != null then
      "The given string \"${value}\" contains a `..` component, which is not allowed in subpaths"
    else
      null;

  # The components of a text that is a path; "." and repeated slashes are none.
  parts = text: builtins.filter (part: isString part && part != "" && part != ".") (split "/+" text);
  text = components: "./${if components == [ ] then "." else concatStringsSep "/" components}";

  # A path as its root and its components.
  deconstruct =
    path:
    let
      go =
        components: base:
        if base == dirOf base then
          {
            root = base;
            inherit components;
          }
        else
          go ([ (baseNameOf base) ] ++ components) (dirOf base);
    in
    go [ ] path;

  begins = prefix: components: take (length prefix) components == prefix;
  pathArgument =
    function: nth: value:
    assertMsg (isPath value) "lib.path.${function}: ${nth} is of type ${typeOf value}, but a path was expected";
in
{
  /**
    A path with a subpath below it. The result is always below the path.

    Type: append :: Path -> String -> Path

    Example:
      path.append /foo "bar//./baz"
      => /foo/bar/baz
      path.append /foo "../bar"
      => error: lib.path.append: Second argument is not a valid subpath string:
  */
  append =
    path: subpath:
    let
      reason = wrong subpath;
    in
    assert pathArgument "append" "The first argument" path;
    assert assertMsg (
      reason == null
    ) "lib.path.append: Second argument is not a valid subpath string:\n    ${reason}";
    path + ("/" + concatStringsSep "/" (parts subpath));

  /**
    Whether the first path is the second, or above it.

    Type: hasPrefix :: Path -> Path -> Bool

    Example:
      [ (path.hasPrefix /foo /foo/bar) (path.hasPrefix /foo /foobar) (path.hasPrefix /. /foo) ]
      => [ true false true ]
      path.hasPrefix "/foo" /foo
      => error: lib.path.hasPrefix: First argument is of type string, but a path was expected
  */
  hasPrefix =
    a: b:
    assert pathArgument "hasPrefix" "First argument" a;
    assert pathArgument "hasPrefix" "Second argument" b;
    begins (deconstruct a).components (deconstruct b).components;

  /**
    The second path as a subpath of the first, which must be above it.

    Type: removePrefix :: Path -> Path -> String

    Example:
      [ (path.removePrefix /foo /foo/bar/baz) (path.removePrefix /foo /foo) ]
      => [ "./bar/baz" "./." ]
      path.removePrefix /foo /bar
      => error: lib.path.removePrefix: The first path argument "/foo" is not a component-wise prefix of the second path argument "/bar"
  */
  removePrefix =
    a: b:
    let
      above = (deconstruct a).components;
      all = (deconstruct b).components;
    in
    assert pathArgument "removePrefix" "First argument" a;
    assert pathArgument "removePrefix" "Second argument" b;
    if begins above all then
      text (sublist (length above) (length all) all)
    else
      throw "lib.path.removePrefix: The first path argument \"${toString a}\" is not a component-wise prefix of the second path argument \"${toString b}\"";

  /**
    A path as its root and the subpath below.

    Type: splitRoot :: Path -> { root :: Path; subpath :: String; }

    Example:
      path.splitRoot /foo/bar
      => { root = /.; subpath = "./foo/bar"; }
  */
  splitRoot =
    path:
    let
      found = deconstruct path;
    in
    assert pathArgument "splitRoot" "Argument" path;
    {
      inherit (found) root;
      subpath = text found.components;
    };

  /**
    Whether a path is in the store: an entry of it, or below one.

    Type: hasStorePathPrefix :: Path -> Bool

    Example:
      [ (path.hasStorePathPrefix (/. + builtins.storeDir + "/nvl9ic0pj1fpyln3zaqrf4cclbqdfn1j-foo/bar/baz")) (path.hasStorePathPrefix /home/user) ]
      => [ true false ]
  */
  hasStorePathPrefix =
    path:
    let
      inherit (deconstruct path) components;
      store = (deconstruct (/. + builtins.storeDir)).components;
      rest = sublist (length store) (length components) components;
    in
    assert pathArgument "hasStorePathPrefix" "Argument" path;
    begins store components
    && rest != [ ]
    && match "[0-9a-z]{32}-[-+._?=0-9a-zA-Z]+" (builtins.head rest) != null;

  subpath = {
    /**
      Whether a value is a subpath: a relative path as text, without "..".

      Type: isValid :: Any -> Bool

      Example:
        map path.subpath.isValid [ "foo/bar" "./." "" "/foo" "../foo" null ]
        => [ true true false false false false ]
    */
    isValid = value: wrong value == null;

    /**
      Subpaths one below the other, in the normal form.

      Type: join :: [String] -> String

      Example:
        [ (path.subpath.join [ "foo" "bar//baz/." ]) (path.subpath.join [ ]) ]
        => [ "./foo/bar/baz" "./." ]
        path.subpath.join [ "foo" "/bar" ]
        => error: lib.path.subpath.join: Element at index 1 is not a valid subpath string:
    */
    join =
      subpaths:
      let
        bad = findFirstIndex (value: wrong value != null) null subpaths;
      in
      if bad == null then
        text (builtins.concatMap parts subpaths)
      else
        throw "lib.path.subpath.join: Element at index ${toString bad} is not a valid subpath string:\n    ${wrong (elemAt subpaths bad)}";

    /**
      The components of a subpath.

      Type: components :: String -> [String]

      Example:
        [ (path.subpath.components "./foo//bar") (path.subpath.components ".") ]
        => [ [ "foo" "bar" ] [ ] ]
        path.subpath.components ""
        => error: lib.path.subpath.components: Argument is not a valid subpath string:
    */
    components =
      value:
      assert assertMsg (
        wrong value == null
      ) "lib.path.subpath.components: Argument is not a valid subpath string:\n    ${wrong value}";
      parts value;

    /**
      A subpath in the normal form: it begins with "./", and has no "." or repeated slash in it.

      Type: normalise :: String -> String

      Example:
        map path.subpath.normalise [ "foo//bar" "foo/./bar/" "." "./foo" ]
        => [ "./foo/bar" "./foo/bar" "./." "./foo" ]
        path.subpath.normalise "foo/../bar"
        => error: lib.path.subpath.normalise: Argument is not a valid subpath string:
    */
    normalise =
      value:
      assert assertMsg (
        wrong value == null
      ) "lib.path.subpath.normalise: Argument is not a valid subpath string:\n    ${wrong value}";
      text (parts value);
  };
}
