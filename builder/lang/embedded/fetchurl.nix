# A file by its URL, for `builtin:fetchurl`; names and values make the derivation's path.
{
  url,
  name ? baseNameOf (toString url),
  hash ? "",
  sha512 ? "",
  sha1 ? "",
  md5 ? "",
  sha256 ? "",
  outputHash ? builtins.head (
    builtins.filter (given: given != "") [
      hash
      sha512
      sha1
      md5
    ]
    ++ [ sha256 ]
  ),
  outputHashAlgo ?
    if hash != "" then
      ""
    else if sha512 != "" then
      "sha512"
    else if sha1 != "" then
      "sha1"
    else if md5 != "" then
      "md5"
    else
      "sha256",
  executable ? false,
  unpack ? false,
  impure ? false,
  system ? "",
}:

let
  proxies = map (kind: "${kind}_proxy") [
    "http"
    "https"
    "ftp"
    "all"
    "no"
  ];
  content = if impure then { __impure = true; } else { inherit outputHash outputHashAlgo; };
in
derivation (
  {
    inherit
      executable
      name
      unpack
      url
      ;
    builder = "builtin:fetchurl";
    impureEnvVars = proxies;
    outputHashMode = if executable || unpack then "recursive" else "flat";
    preferLocalBuild = true;
    system = "builtin";
    urls = [ url ];
  }
  // content
)
