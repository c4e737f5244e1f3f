# Pieces of text that need other pieces before them, such as steps of a script.
{ lib }:
let
  inherit (builtins) concatStringsSep isAttrs;
in
rec {
  /**
    The texts that are needed, each once, after what it depends on. A piece is a string, or
    `{ deps, text }` whose `deps` are names of the first argument.

    Type: textClosureList :: AttrSet -> [String] -> [String]

    Example:
      textClosureList { a = fullDepEntry "A" [ "b" ]; b = noDepEntry "B"; } [ "a" "b" ]
      => [ "B" "A" ]
  */
  textClosureList =
    predefined: wanted:
    let
      visit =
        state: name:
        if state.done ? ${name} then
          state
        else
          let
            entry = predefined.${name};
            before = builtins.foldl' visit (
              state
              // {
                done = state.done // {
                  ${name} = 1;
                };
              }
            ) (if isAttrs entry then entry.deps else [ ]);
          in
          before // { texts = before.texts ++ [ (if isAttrs entry then entry.text else entry) ]; };
    in
    (builtins.foldl' visit {
      done = { };
      texts = [ ];
    } wanted).texts;

  /**
    The needed texts through a function, as lines.

    Type: textClosureMap :: (String -> String) -> AttrSet -> [String] -> String

    Example:
      textClosureMap (text: "${text};") { a = fullDepEntry "A" [ "b" ]; b = "B"; } [ "a" ]
      => "B;\nA;"
  */
  textClosureMap =
    f: predefined: names:
    concatStringsSep "\n" (map f (textClosureList predefined names));

  /**
    A piece that depends on nothing.

    Type: noDepEntry :: String -> { text :: String; deps :: [String]; }

    Example:
      noDepEntry "a"
      => { text = "a"; deps = [ ]; }
  */
  noDepEntry = text: {
    inherit text;
    deps = [ ];
  };

  /**
    A piece that depends on others.

    Type: fullDepEntry :: String -> [String] -> { text :: String; deps :: [String]; }

    Example:
      fullDepEntry "a" [ "b" ]
      => { text = "a"; deps = [ "b" ]; }
  */
  fullDepEntry = text: deps: { inherit text deps; };

  /**
    A piece without text that stands for others.

    Type: packEntry :: [String] -> { text :: String; deps :: [String]; }

    Example:
      packEntry [ "a" "b" ]
      => { text = ""; deps = [ "a" "b" ]; }
  */
  packEntry = deps: {
    inherit deps;
    text = "";
  };

  /**
    A piece that depends on others, the others first.

    Type: stringAfter :: [String] -> String -> { text :: String; deps :: [String]; }

    Example:
      stringAfter [ "users" ] "echo done"
      => { text = "echo done"; deps = [ "users" ]; }
  */
  stringAfter = deps: text: { inherit text deps; };
}
