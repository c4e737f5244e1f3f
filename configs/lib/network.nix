# Addresses.
{ lib }:
let
  inherit (builtins)
    elemAt
    head
    length
    match
    ;
  inherit (lib.lists) replicate;
  inherit (lib.strings) splitString toIntBase10;

  fail = address: why: throw "network.ipv6.fromString: \"${address}\" ${why}";

  # The numbers of groups of hexadecimal digits, 16 bits each.
  groups =
    address: text:
    map (
      group:
      if match "[0-9a-fA-F]{1,4}" group == null then
        fail address "has \"${group}\" where 1 to 4 hexadecimal digits are needed"
      else
        lib.trivial.fromHexString group
    ) (if text == "" then [ ] else splitString ":" text);

  # All eight numbers of an address.
  numbers =
    address:
    let
      halves = splitString "::" address;
      left = groups address (head halves);
      right = groups address (elemAt halves 1);
      missing = 8 - length left - length right;
    in
    if length halves == 1 then
      (if length left == 8 then left else fail address "has ${toString (length left)} groups, and not 8")
    else if length halves > 2 then
      fail address "has \"::\" more than once"
    else if missing < 1 then
      fail address "has too many groups beside \"::\""
    else
      left ++ replicate missing 0 ++ right;

  # The shortest text: the first longest run of two or more zeros is "::".
  shortest =
    parts:
    let
      runFrom = n: if n < 8 && elemAt parts n == 0 then 1 + runFrom (n + 1) else 0;
      indices = lib.lists.range 0 7;
      longest = builtins.foldl' lib.trivial.max 0 (map runFrom indices);
      start = lib.lists.findFirst (n: runFrom n == longest) 0 indices;
      show = list: lib.strings.concatMapStringsSep ":" (n: lib.strings.toLower (lib.trivial.toHexString n)) list;
    in
    if longest < 2 then
      show parts
    else
      "${show (lib.lists.take start parts)}::${show (lib.lists.drop (start + longest) parts)}";
in
{
  ipv6 = {
    /**
      The last four groups of the address that a machine makes from its hardware (MAC) address.

      Type: mkEUI64Suffix :: String -> String

      Example:
        network.ipv6.mkEUI64Suffix "66:75:63:6B:20:75"
        => "6475:63ff:fe6b:2075"
        network.ipv6.mkEUI64Suffix "66:75"
        => error: network.ipv6.mkEUI64Suffix: "66:75" is no address of six pairs of digits
    */
    mkEUI64Suffix =
      mac:
      let
        bytes = map lib.trivial.fromHexString (splitString ":" mac);
        # The bit that says whether the address is given locally is the other way round here.
        first = builtins.bitXor (head bytes) 2;
        group =
          high: low:
          lib.strings.toLower (lib.trivial.toHexString (high * 256 + low));
        at = elemAt bytes;
      in
      if match "([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}" mac == null then
        throw "network.ipv6.mkEUI64Suffix: \"${mac}\" is no address of six pairs of digits"
      else
        builtins.concatStringsSep ":" [
          (group first (at 1))
          (group (at 2) 255)
          (group 254 (at 3))
          (group (at 4) (at 5))
        ];

    /**
      An IPv6 address, with a prefix's length or without, as its shortest text and that length.

      Type: fromString :: String -> { address :: String; prefixLength :: Int; ... }

      Example:
        let a = network.ipv6.fromString "2001:DB8:0:0:0::1/32"; in [ a.address a.prefixLength ]
        => [ "2001:db8::1" 32 ]
        (network.ipv6.fromString "1:2").address
        => error: has 2 groups, and not 8
    */
    fromString =
      text:
      let
        parts = splitString "/" text;
        prefix = if length parts == 2 then toIntBase10 (elemAt parts 1) else 128;
        parsed = numbers (head parts);
      in
      if length parts > 2 then
        fail text "has more than one \"/\""
      else if prefix < 1 || prefix > 128 then
        fail text "has a prefix's length that is not from 1 to 128"
      else
        {
          address = shortest parsed;
          prefixLength = prefix;
          _ipv6 = {
            internalRepr = parsed;
          };
        };
  };
}
