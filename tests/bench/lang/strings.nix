# Strings taken apart and put together.
let
  inherit (builtins) concatStringsSep foldl' genList hashString map replaceStrings stringLength substring;
  chars = text: genList (n: substring n 1 text) (stringLength text);
  reverse = text: foldl' (done: char: char + done) "" (chars text);
  words = genList (n: "word-${toString n}-${if n - (n / 2) * 2 == 0 then "even" else "odd"}") 9000;
  text = concatStringsSep " " words;
  escape = replaceStrings [ "\"" "\\" "-" "o" ] [ "\\\"" "\\\\" "_" "0" ];
  line = n: ''
    [section ${toString n}]
      name = ${escape "item-${toString n}"}
      value = ${toString (n * n)}
  '';
  file = foldl' (done: n: done + line n) "" (genList (n: n) 3000);
in
[
  (hashString "sha256" (escape text))
  (hashString "sha256" (concatStringsSep "," (map (word: reverse word) words)))
  (stringLength file)
  (hashString "sha256" file)
]
