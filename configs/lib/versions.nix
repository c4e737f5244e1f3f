# Parts of version numbers.
{ lib }:
let
  part = index: version: builtins.elemAt (builtins.splitVersion version) index;
in
rec {
  /** The parts of a version. */
  splitVersion = builtins.splitVersion;

  /** The first, second, third part. */
  major = part 0;
  minor = part 1;
  patch = part 2;

  /** The first two parts. */
  majorMinor = version: "${major version}.${minor version}";

  /** A version cut or filled with zeros to `count` parts. */
  pad =
    count: version:
    let
      parts = builtins.filter builtins.isString (builtins.split "\\." (builtins.head (builtins.split "-" version)));
      have = lib.lists.take count parts;
    in
    builtins.concatStringsSep "." (have ++ lib.lists.replicate (count - builtins.length have) "0");
}
