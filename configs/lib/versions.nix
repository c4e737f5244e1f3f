# Parts of version numbers.
{ lib }:
let
  part = index: version: builtins.elemAt (builtins.splitVersion version) index;
in
rec {
  inherit (builtins) compareVersions;

  /**
    The parts of a version.

    Type: splitVersion :: String -> [String]

    Example:
      versions.splitVersion "1.2.3"
      => [ "1" "2" "3" ]
  */
  splitVersion = builtins.splitVersion;

  /**
    The first part.

    Type: major :: String -> String

    Example:
      major "1.2.3"
      => "1"
  */
  major = part 0;

  /**
    The second part.

    Type: minor :: String -> String

    Example:
      minor "1.2.3"
      => "2"
  */
  minor = part 1;

  /**
    The third part.

    Type: patch :: String -> String

    Example:
      patch "1.2.3"
      => "3"
  */
  patch = part 2;

  /**
    The first two parts.

    Type: majorMinor :: String -> String

    Example:
      majorMinor "1.2.3"
      => "1.2"
  */
  majorMinor = version: "${major version}.${minor version}";

  /**
    A version cut, or filled with zeros, to a number of parts; what follows a "-" stays.

    Type: pad :: Int -> String -> String

    Example:
      [ (pad 3 "1.2") (pad 3 "1.3-rc1") (pad 3 "1.2.3.4") ]
      => [ "1.2.0" "1.3.0-rc1" "1.2.3" ]
  */
  pad =
    count: version:
    let
      halves = lib.strings.splitString "-" version;
      parts = builtins.splitVersion (builtins.head halves);
      filled = lib.lists.take count (parts ++ lib.lists.replicate count "0");
      rest = builtins.tail halves;
    in
    builtins.concatStringsSep "-" ([ (builtins.concatStringsSep "." filled) ] ++ rest);
}
