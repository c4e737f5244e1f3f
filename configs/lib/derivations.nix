# Derivations as values.
{ lib }:
let
  inherit (lib.attrsets) genAttrs optionalAttrs;
in
{
  inherit (builtins) addDrvOutputDependencies unsafeDiscardOutputDependency;

  /**
    A derivation whose attributes are known before it is evaluated, so that looking at them is cheap.

    Type: lazyDerivation :: { derivation :: Derivation; meta ? null; passthru ? { }; outputs ? [ "out" ]; } -> Derivation

    Example:
      (lazyDerivation { derivation = throw "never"; passthru.x = 1; }).x
      => 1
      (lazyDerivation { derivation = { }; }).outPath
      => error: lazyDerivation: input must be a derivation.
  */
  lazyDerivation =
    {
      derivation,
      meta ? null,
      passthru ? { },
      outputs ? [ "out" ],
    }:
    let
      checked =
        if derivation.type or null != "derivation" then
          throw "lazyDerivation: input must be a derivation."
        else if (derivation.outputs or [ "out" ]) != outputs then
          throw "lib.lazyDerivation: the derivation has the outputs ${toString (derivation.outputs or [ "out" ])} and not ${toString outputs}"
        else
          derivation;
    in
    {
      type = "derivation";
      inherit (checked)
        outPath
        outputName
        drvPath
        name
        system
        ;
      inherit outputs;
    }
    // genAttrs outputs (output: checked.${output})
    // optionalAttrs (meta != null) { inherit meta; }
    // passthru;

  /**
    A value for an attribute of `derivation` if a condition holds, else null, which it ignores.

    Type: optionalDrvAttr :: Bool -> a -> (a | null)

    Example:
      [ (optionalDrvAttr true "x") (optionalDrvAttr false "x") ]
      => [ "x" null ]
  */
  optionalDrvAttr = condition: value: if condition then value else null;

  /**
    A derivation that warns when it is used (and not when its attributes are looked at).

    Type: warnOnInstantiate :: String -> Derivation -> Derivation

    Example:
      (warnOnInstantiate "old" { name = "x"; outPath = "/o"; drvPath = "/d"; }).name
      => "x"
  */
  warnOnInstantiate =
    message: drv:
    let
      used = removeAttrs drv [
        "meta"
        "name"
        "type"
        "outputName"
      ];
    in
    drv // builtins.mapAttrs (_: lib.trivial.warn message) used;
}
