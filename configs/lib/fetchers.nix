# What functions that fetch have in common.
{ lib }:
let
  inherit (lib.strings) concatMapStringsSep;
  algorithms = [
    "sha256"
    "sha512"
    "sha1"
    "md5"
    "blake3"
  ];
  digits = {
    sha256 = 64;
    sha512 = 128;
    sha1 = 40;
    md5 = 32;
    blake3 = 64;
  };
  # The hash of nothing known, in each algorithm.
  fake = builtins.mapAttrs (_: n: lib.strings.replicate n "0") digits;
in
rec {
  /**
    The variables of the environment by which a fetch finds its way out.

    Type: proxyImpureEnvVars :: [String]

    Example:
      elem "https_proxy" fetchers.proxyImpureEnvVars
      => true
  */
  proxyImpureEnvVars = [
    "http_proxy"
    "https_proxy"
    "ftp_proxy"
    "all_proxy"
    "no_proxy"
    "HTTP_PROXY"
    "HTTPS_PROXY"
    "FTP_PROXY"
    "ALL_PROXY"
    "NO_PROXY"
    "NIX_SSL_CERT_FILE"
  ];

  /**
    The hash that stands where none is known yet, so that an error tells the right one.

    Type: fakeHash :: String

    Example:
      fakeHash
      => "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
  */
  fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  /**
    `fakeHash` in hexadecimal.

    Type: fakeSha256 :: String

    Example:
      stringLength fakeSha256
      => 64
  */
  fakeSha256 = fake.sha256;

  /**
    `fakeSha256` for SHA-512.

    Type: fakeSha512 :: String

    Example:
      stringLength fakeSha512
      => 128
  */
  fakeSha512 = fake.sha512;

  /**
    Arguments that have a hash in any form, with `outputHash` and `outputHashAlgo` instead; those
    that have these stay as they are.

    Type: normalizeHash :: { hashTypes ? [ "sha256" ]; required ? true; } -> AttrSet -> AttrSet

    Example:
      fetchers.normalizeHash { } { name = "x"; sha256 = ""; }
      => { name = "x"; outputHash = "0000000000000000000000000000000000000000000000000000000000000000"; outputHashAlgo = "sha256"; }
      fetchers.normalizeHash { } { hash = "sha256-x"; }
      => { outputHash = "sha256-x"; outputHashAlgo = null; }
      fetchers.normalizeHash { } { name = "x"; }
      => error: fetcher called without `hash`
      fetchers.normalizeHash { } { hash = ""; sha256 = ""; }
      => error: fetcher called with mutually-incompatible arguments: `sha256`, `hash`
  */
  normalizeHash =
    {
      hashTypes ? [ "sha256" ],
      required ? true,
    }:
    let
      names = hashTypes ++ [ "hash" ];
      shown = concatMapStringsSep ", " (name: "`${name}`") names;
    in
    args:
    let
      given = builtins.filter (
        name:
        args ? ${name}
        && args.${name} != null
      ) names;
      name = builtins.head given;
      value = args.${name};
      rest = removeAttrs args names;
    in
    assert lib.asserts.assertMsg (builtins.all (type: builtins.elem type algorithms) hashTypes)
      "fetchers.normalizeHash: hashTypes must be among ${toString algorithms}";
    if args ? outputHash then
      args
    else if builtins.length given > 1 then
      throw "fetcher called with mutually-incompatible arguments: ${
        concatMapStringsSep ", " (n: "`${n}`") given
      }; give one"
    else if given != [ ] then
      rest
      // (
        if name == "hash" then
          {
            outputHash = if value == "" then fakeHash else value;
            outputHashAlgo = null;
          }
        else
          {
            outputHash = if value == "" then fake.${name} else value;
            outputHashAlgo = name;
          }
      )
    else if required then
      throw "fetcher called without `hash`: give one of ${shown}"
    else
      rest;

  /**
    A fetcher of `outputHash` and `outputHashAlgo` as one that takes hashes in any form.

    Type: withNormalizedHash :: { hashTypes ? [ "sha256" ]; } -> (AttrSet -> a) -> (AttrSet -> a)

    Example:
      (fetchers.withNormalizedHash { } ({ outputHash, outputHashAlgo, url }: outputHash)) { url = "u"; sha256 = "abc"; }
      => "abc"
      functionArgs (fetchers.withNormalizedHash { } ({ outputHash, outputHashAlgo, url ? "u" }: { }))
      => { hash = false; url = true; }
      (fetchers.withNormalizedHash { } ({ outputHash ? "", outputHashAlgo ? null, ... }: outputHash)) { }
      => ""
      fetchers.withNormalizedHash { } ({ outputHash }: { })
      => error: the fetcher must take `outputHash` and `outputHashAlgo`
  */
  withNormalizedHash =
    {
      hashTypes ? [ "sha256" ],
    }:
    fetcher:
    let
      named = lib.trivial.functionArgs fetcher;
      normalize = normalizeHash {
        inherit hashTypes;
        required = !named.outputHash;
      };
    in
    assert lib.asserts.assertMsg (
      named ? outputHash && named ? outputHashAlgo
    ) "fetchers.withNormalizedHash: the fetcher must take `outputHash` and `outputHashAlgo`";
    lib.trivial.setFunctionArgs (args: fetcher (normalize args)) (
      removeAttrs named [
        "outputHash"
        "outputHashAlgo"
      ]
      // {
        hash = named.outputHash;
      }
    );
}
