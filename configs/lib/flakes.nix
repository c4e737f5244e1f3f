# Flakes.
{ lib }:
{
  /**
    The outputs of the flake in a folder, with the inputs that are given and none of its lock's.

    Type: callLocklessFlake :: { path :: Path; inputs ? AttrSet; } -> AttrSet

    Example:
      let flake = builtins.toFile "flake.nix" "{ outputs = { self, word }: { said = word; }; }"; in (import flake).outputs { self = 0; word = "hi"; }
      => { said = "hi"; }
  */
  callLocklessFlake =
    {
      path,
      inputs ? { },
    }:
    let
      self = {
        outPath = path;
      }
      // (import (path + "/flake.nix")).outputs (inputs // { inherit self; });
    in
    self;

  /**
    The attributes of a flake reference.

    Type: parseFlakeRef :: String -> AttrSet

    Example:
      flakes.parseFlakeRef "path:/srv/flake?dir=sub"
      => { dir = "sub"; path = "/srv/flake"; type = "path"; }
  */
  parseFlakeRef = builtins.parseFlakeRef;

  /**
    The text of a flake reference's attributes.

    Type: flakeRefToString :: AttrSet -> String

    Example:
      flakes.flakeRefToString { type = "path"; path = "/srv/flake"; dir = "sub"; }
      => "path:/srv/flake?dir=sub"
  */
  flakeRefToString = builtins.flakeRefToString;
}
