# Names and versions of packages, and flags for what builds them.
{ lib }:
let
  inherit (builtins) head isString;
  inherit (lib.asserts) assertMsg;
  inherit (lib.strings) escapeNixString optionalString splitString toUpper;
in
rec {
  /**
    Whether a version is older than another.

    Type: versionOlder :: String -> String -> Bool

    Example:
      [ (versionOlder "1.1" "1.2") (versionOlder "1.10" "1.2") ]
      => [ true false ]
  */
  versionOlder = a: b: builtins.compareVersions b a == 1;

  /**
    Whether a version is another or newer.

    Type: versionAtLeast :: String -> String -> Bool

    Example:
      [ (versionAtLeast "1.1" "1.0") (versionAtLeast "1.1" "1.1") (versionAtLeast "1.1" "1.2") ]
      => [ true true false ]
  */
  versionAtLeast = a: b: !versionOlder a b;

  /**
    The name of a package, or of a string NAME-VERSION.

    Type: getName :: (String | Derivation) -> String

    Example:
      map getName [ "youtube-dl-2016.01.01" { name = "youtube-dl-2016.01.01"; } { pname = "youtube-dl"; } ]
      => [ "youtube-dl" "youtube-dl" "youtube-dl" ]
  */
  getName =
    x: if isString x then (builtins.parseDrvName x).name else x.pname or (builtins.parseDrvName x.name).name;

  /**
    The version of a package, or of a string NAME-VERSION.

    Type: getVersion :: (String | Derivation) -> String

    Example:
      map getVersion [ "youtube-dl-2016.01.01" { version = "2"; } ]
      => [ "2016.01.01" "2" ]
  */
  getVersion =
    x:
    if isString x then
      (builtins.parseDrvName x).version
    else
      x.version or (builtins.parseDrvName x.name).version;

  /**
    The name of the file that a URL is of, up to a separator.

    Type: nameFromURL :: String -> String -> String

    Example:
      nameFromURL "https://example.org/releases/foo-1.11.tar.bz2" "-"
      => "foo"
  */
  nameFromURL =
    url: separator:
    let
      file = lib.lists.last (splitString "/" url);
      name = head (splitString separator file);
    in
    assert name != file;
    name;

  /**
    A definition for cmake: `-DNAME:TYPE=VALUE`.

    Type: cmakeOptionType :: String -> String -> String -> String

    Example:
      cmakeOptionType "string" "ENGINE" "sdl2"
      => "-DENGINE:STRING=sdl2"
      cmakeOptionType "number" "N" "1"
      => error: cmakeOptionType: "number" is no type of cmake
  */
  cmakeOptionType =
    let
      types = [
        "BOOL"
        "FILEPATH"
        "PATH"
        "STRING"
        "INTERNAL"
        "LIST"
      ];
    in
    type: name: value:
    assert assertMsg (builtins.elem (toUpper type) types)
      "cmakeOptionType: ${escapeNixString type} is no type of cmake";
    assert isString name && isString value;
    "-D${name}:${toUpper type}=${value}";

  /**
    A Boolean for cmake.

    Type: cmakeBool :: String -> Bool -> String

    Example:
      cmakeBool "ENABLE_STATIC_LIBS" false
      => "-DENABLE_STATIC_LIBS:BOOL=FALSE"
  */
  cmakeBool =
    name: flag:
    assert builtins.isBool flag;
    cmakeOptionType "bool" name (toUpper (lib.trivial.boolToString flag));

  /**
    A string for cmake.

    Type: cmakeFeature :: String -> String -> String

    Example:
      cmakeFeature "MODULES" "badblock"
      => "-DMODULES:STRING=badblock"
  */
  cmakeFeature = cmakeOptionType "string";

  /**
    A string for meson.

    Type: mesonOption :: String -> String -> String

    Example:
      mesonOption "engine" "opengl"
      => "-Dengine=opengl"
  */
  mesonOption =
    name: value:
    assert isString name && isString value;
    "-D${name}=${value}";

  /**
    A Boolean for meson.

    Type: mesonBool :: String -> Bool -> String

    Example:
      mesonBool "hardened" true
      => "-Dhardened=true"
  */
  mesonBool =
    name: flag:
    assert builtins.isBool flag;
    mesonOption name (lib.trivial.boolToString flag);

  /**
    A feature for meson.

    Type: mesonEnable :: String -> Bool -> String

    Example:
      mesonEnable "opengl" false
      => "-Dopengl=disabled"
  */
  mesonEnable =
    name: flag:
    assert builtins.isBool flag;
    mesonOption name (if flag then "enabled" else "disabled");

  /**
    `--enable-NAME` or `--disable-NAME`.

    Type: enableFeature :: Bool -> String -> String

    Example:
      [ (enableFeature true "foo") (enableFeature false "foo") ]
      => [ "--enable-foo" "--disable-foo" ]
  */
  enableFeature =
    flag: name:
    assert builtins.isBool flag && isString name;
    "--${if flag then "enable" else "disable"}-${name}";

  /**
    `--enable-NAME=VALUE` or `--disable-NAME`.

    Type: enableFeatureAs :: Bool -> String -> String -> String

    Example:
      [ (enableFeatureAs true "foo" "bar") (enableFeatureAs false "foo" (throw "never")) ]
      => [ "--enable-foo=bar" "--disable-foo" ]
  */
  enableFeatureAs =
    flag: name: value:
    enableFeature flag name + optionalString flag "=${value}";

  /**
    `--with-NAME` or `--without-NAME`.

    Type: withFeature :: Bool -> String -> String

    Example:
      [ (withFeature true "foo") (withFeature false "foo") ]
      => [ "--with-foo" "--without-foo" ]
  */
  withFeature =
    flag: name:
    assert builtins.isBool flag && isString name;
    "--${if flag then "with" else "without"}-${name}";

  /**
    `--with-NAME=VALUE` or `--without-NAME`.

    Type: withFeatureAs :: Bool -> String -> String -> String

    Example:
      withFeatureAs true "foo" "bar"
      => "--with-foo=bar"
  */
  withFeatureAs =
    flag: name: value:
    withFeature flag name + optionalString flag "=${value}";
}
