# Packages and their outputs.
{ lib }:
let
  inherit (builtins) head;
in
rec {
  /**
    Whether a value is a derivation: a set of type "derivation".

    Type: isDerivation :: Any -> Bool

    Example:
      map isDerivation [ { type = "derivation"; } { } "x" ]
      => [ true false false ]
  */
  isDerivation = value: value.type or null == "derivation";

  /**
    A set like a derivation's for a path in the store.

    Type: toDerivation :: Path -> Derivation

    Example:
      isDerivation (toDerivation (builtins.toFile "x" ""))
      => true
  */
  toDerivation =
    path:
    let
      stored = builtins.storePath path;
      made = {
        type = "derivation";
        name = lib.strings.sanitizeDerivationName (
          builtins.unsafeDiscardStringContext (builtins.substring 33 (-1) (baseNameOf stored))
        );
        outPath = stored;
        outputs = [ "out" ];
        out = made;
        outputName = "out";
      };
    in
    made;

  /**
    An output of a package; its output `out`, or itself, where it has no such output.

    Type: getOutput :: String -> Derivation -> Derivation

    Example:
      map (getOutput "dev") [ { dev = "d"; out = "o"; } { out = "o"; } ]
      => [ "d" "o" ]
  */
  getOutput =
    output: package:
    if package.outputSpecified or false then package else package.${output} or package.out or package;

  /**
    The first of some outputs that a package has; itself where it has none.

    Type: getFirstOutput :: [String] -> Derivation -> Derivation

    Example:
      getFirstOutput [ "include" "dev" ] { dev = "d"; out = "o"; }
      => "d"
  */
  getFirstOutput =
    candidates: package:
    let
      found = builtins.filter (name: package ? ${name}) candidates;
    in
    if package.outputSpecified or false || found == [ ] then package else package.${head found};

  /**
    The output with programs.

    Type: getBin :: Derivation -> Derivation

    Example:
      getBin { bin = "b"; out = "o"; }
      => "b"
  */
  getBin = getOutput "bin";

  /**
    The output with libraries.

    Type: getLib :: Derivation -> Derivation

    Example:
      getLib { lib = "l"; out = "o"; }
      => "l"
  */
  getLib = getOutput "lib";

  /**
    The output with static libraries.

    Type: getStatic :: Derivation -> Derivation

    Example:
      getStatic { lib = "l"; out = "o"; }
      => "l"
  */
  getStatic = getFirstOutput [
    "static"
    "lib"
    "out"
  ];

  /**
    The output with what is needed for development.

    Type: getDev :: Derivation -> Derivation

    Example:
      getDev { dev = "d"; out = "o"; }
      => "d"
  */
  getDev = getOutput "dev";

  /**
    The output with header files.

    Type: getInclude :: Derivation -> Derivation

    Example:
      getInclude { dev = "d"; out = "o"; }
      => "d"
  */
  getInclude = getFirstOutput [
    "include"
    "dev"
    "out"
  ];

  /**
    The output with manual pages.

    Type: getMan :: Derivation -> Derivation

    Example:
      getMan { man = "m"; out = "o"; }
      => "m"
  */
  getMan = getOutput "man";

  /**
    The outputs for development of packages.

    Type: chooseDevOutputs :: [Derivation] -> [Derivation]

    Example:
      chooseDevOutputs [ { dev = "d"; } { out = "o"; } ]
      => [ "d" "o" ]
  */
  chooseDevOutputs = map getDev;

  /**
    A set marked as one that tools look for packages in.

    Type: recurseIntoAttrs :: AttrSet -> AttrSet

    Example:
      recurseIntoAttrs { a = 1; }
      => { a = 1; recurseForDerivations = true; }
  */
  recurseIntoAttrs = set: set // { recurseForDerivations = true; };

  /**
    A set marked as one that tools do not look for packages in.

    Type: dontRecurseIntoAttrs :: AttrSet -> AttrSet

    Example:
      dontRecurseIntoAttrs { a = 1; }
      => { a = 1; recurseForDerivations = false; }
  */
  dontRecurseIntoAttrs = set: set // { recurseForDerivations = false; };
}
