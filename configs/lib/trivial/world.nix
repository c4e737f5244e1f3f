# The release, the evaluation, files; warnings and errors.
{ lib }:
let
  inherit (lib.trivial) id;
in
rec {
  /**
    The release of nixpkgs whose library this one agrees with.

    Type: release :: String

    Example:
      release
      => "25.05"
  */
  release = "25.05";

  /**
    The name of the release.

    Type: codeName :: String

    Example:
      codeName
      => "Warbler"
  */
  codeName = "Warbler";

  /**
    The oldest release that is still looked after, as a number.

    Type: oldestSupportedRelease :: Int

    Example:
      oldestSupportedRelease
      => 2411
  */
  oldestSupportedRelease = 2411;

  /**
    Whether a feature of a release (a number such as 2411) is in every release looked after.

    Type: oldestSupportedReleaseIsAtLeast :: Int -> Bool

    Example:
      map oldestSupportedReleaseIsAtLeast [ 2405 9911 ]
      => [ true false ]
  */
  oldestSupportedReleaseIsAtLeast = release: release <= oldestSupportedRelease;

  isInOldestRelease = oldestSupportedReleaseIsAtLeast;

  /**
    What follows the release in a version; empty for a release.

    Type: versionSuffix :: String

    Example:
      versionSuffix
      => ""
  */
  versionSuffix = "";

  /**
    The release and its suffix.

    Type: version :: String

    Example:
      version == release + versionSuffix
      => true
  */
  version = release + versionSuffix;

  /**
    The revision that this library comes from, or a default where it is not known.

    Type: revisionWithDefault :: a -> (String | a)

    Example:
      revisionWithDefault "unknown"
      => "unknown"
  */
  revisionWithDefault = default: default;

  /**
    Whether the expression is evaluated for a `nix-shell`.

    Type: inNixShell :: Bool

    Example:
      inNixShell
      => false
  */
  inNixShell = builtins.getEnv "IN_NIX_SHELL" != "";

  /**
    Whether evaluation is pure: nothing of this machine can be seen.

    Type: inPureEvalMode :: Bool

    Example:
      inPureEvalMode == !(builtins ? currentSystem)
      => true
  */
  inPureEvalMode = !(builtins ? currentSystem);

  /**
    The value that a JSON file holds.

    Type: importJSON :: Path -> Any

    Example:
      importJSON (builtins.toFile "x.json" "[ 1, null ]")
      => [ 1 null ]
  */
  importJSON = path: builtins.fromJSON (builtins.readFile path);

  /**
    The value that a TOML file holds.

    Type: importTOML :: Path -> Any

    Example:
      importTOML (builtins.toFile "x.toml" "a.b = 1")
      => { a = { b = 1; }; }
  */
  importTOML = path: fromTOML (builtins.readFile path);

  /**
    Show a warning when the value is evaluated.

    Type: warn :: String -> a -> a

    Example:
      warn "this is old" 1
      => 1
  */
  warn = builtins.warn;

  /**
    `warn` if a condition holds.

    Type: warnIf :: Bool -> String -> a -> a

    Example:
      warnIf false "never shown" 1
      => 1
  */
  warnIf = condition: message: if condition then warn message else id;

  /**
    `warn` unless a condition holds.

    Type: warnIfNot :: Bool -> String -> a -> a

    Example:
      warnIfNot true "never shown" 1
      => 1
  */
  warnIfNot = condition: message: if condition then id else warn message;

  /**
    An error unless a condition holds; then the value.

    Type: throwIfNot :: Bool -> String -> a -> a

    Example:
      throwIfNot (1 < 2) "numbers are broken" "fine"
      => "fine"
      throwIfNot false "numbers are broken" "fine"
      => error: numbers are broken
  */
  throwIfNot = condition: message: if condition then id else throw message;

  /**
    An error if a condition holds; otherwise the value.

    Type: throwIf :: Bool -> String -> a -> a

    Example:
      throwIf true "not like this" 1
      => error: not like this
  */
  throwIf = condition: message: if condition then throw message else id;

  /**
    An error when a list has an element that is not among the valid ones; then the value.

    Type: checkListOfEnum :: String -> [a] -> [a] -> b -> b

    Example:
      checkListOfEnum "colours" [ "red" "green" ] [ "red" ] "fine"
      => "fine"
      checkListOfEnum "colours" [ "red" "green" ] [ "blue" ] "fine"
      => error: colours: blue unexpected; valid ones: red, green
  */
  checkListOfEnum =
    message: valid: given:
    let
      wrong = lib.lists.subtractLists valid given;
      show = lib.strings.concatMapStringsSep ", " toString;
    in
    throwIfNot (wrong == [ ]) "${message}: ${show wrong} unexpected; valid ones: ${show valid}";

  /**
    Trace a message marked as information, then give the value.

    Type: info :: String -> a -> a

    Example:
      info "something is noted" 1
      => 1
  */
  info = message: builtins.trace "INFO: ${message}";

  /**
    Show a list of warnings, the first one first, then give the value.

    Type: showWarnings :: [String] -> a -> a

    Example:
      showWarnings [ ] 1
      => 1
  */
  showWarnings = warnings: value: lib.lists.foldr warn value warnings;
}
