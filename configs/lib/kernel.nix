# Answers to the questions of a kernel's configuration.
{ lib }:
let
  inherit (lib.modules) mkIf;
  inherit (lib.strings) versionAtLeast versionOlder;
  answer = tristate: {
    inherit tristate;
    optional = false;
  };
in
{
  /**
    Built in.

    Type: yes :: AttrSet

    Example:
      kernel.yes
      => { optional = false; tristate = "y"; }
  */
  yes = answer "y";

  /**
    Left out.

    Type: no :: AttrSet

    Example:
      kernel.no.tristate
      => "n"
  */
  no = answer "n";

  /**
    Built as a module.

    Type: module :: AttrSet

    Example:
      kernel.module.tristate
      => "m"
  */
  module = answer "m";

  /**
    Not answered, so that the kernel's own default is taken.

    Type: unset :: AttrSet

    Example:
      kernel.unset
      => { optional = false; tristate = null; }
  */
  unset = answer null;

  /**
    An answer that need not be taken: no error where the question does not come up.

    Type: option :: AttrSet -> AttrSet

    Example:
      kernel.option kernel.yes
      => { optional = true; tristate = "y"; }
  */
  option = given: given // { optional = true; };

  /**
    An answer that is a text or a number.

    Type: freeform :: String -> AttrSet

    Example:
      kernel.freeform "256"
      => { freeform = "256"; optional = false; }
  */
  freeform = text: {
    freeform = text;
    optional = false;
  };

  /**
    Answers for some versions only: `whenAtLeast`, `whenOlder` and `whenBetween` (the first version
    and the first that is too new), for a kernel of the given version.

    Type: whenHelpers :: String -> AttrSet

    Example:
      ((kernel.whenHelpers "6.12.3").whenAtLeast "6.6" kernel.yes).condition
      => true
      ((kernel.whenHelpers "6.12.3").whenBetween "5.10" "6.6" kernel.yes).condition
      => false
  */
  whenHelpers = version: {
    whenAtLeast = least: mkIf (versionAtLeast version least);
    whenOlder = limit: mkIf (versionOlder version limit);
    whenBetween = least: limit: mkIf (versionAtLeast version least && versionOlder version limit);
  };
}
