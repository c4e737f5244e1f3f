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
  inherit (lib.strings)
    concatMapStringsSep
    splitString
    toInt
    toLower
    ;
  inherit (lib.trivial) fromHexString toHexString;

  fail = address: why: throw "\"${address}\" is not a valid IPv6 address: it ${why}";

  # The numbers of groups of hexadecimal digits, 16 bits each.
  groups =
    address: text:
    map (
      group:
      if match "[0-9a-fA-F:]*" address == null then
        throw "\"${address}\" contains malformed characters for IPv6 address"
      else if match "[0-9a-fA-F]{1,4}" group == null then
        fail address "has \"${group}\" where 1 to 4 hexadecimal digits are needed"
      else
        fromHexString group
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

  hexadecimal = n: toLower (toHexString n);

  octet = "([0-9a-fA-F]{2})";
  hardware = builtins.concatStringsSep "[-:.]?" (replicate 6 octet);
in
{
  ipv6 = {
    /**
      The last four groups of the address that a machine makes from its hardware (MAC) address, whose
      pairs of digits may stand apart by ":", "-" or ".".

      Type: mkEUI64Suffix :: String -> String

      Example:
        network.ipv6.mkEUI64Suffix "66:75:63:6B:20:75"
        => "6475:63ff:fe6b:2075"
        network.ipv6.mkEUI64Suffix "02-00-0a0b.0c0d"
        => "0:0aff:fe0b:0c0d"
        network.ipv6.mkEUI64Suffix "66:75"
        => error: "66:75" is not a valid MAC address (six pairs of hexadecimal digits)
    */
    mkEUI64Suffix =
      mac:
      let
        found = match hardware mac;
        at = elemAt found;
        # The bit that says whether the address is given locally is the other way round here.
        first = builtins.bitXor (fromHexString (at 0 + at 1)) 512;
      in
      if found == null then
        throw "\"${mac}\" is not a valid MAC address (six pairs of hexadecimal digits)"
      else
        toLower "${hexadecimal first}:${at 2}ff:fe${at 3}:${at 4}${at 5}";

    /**
      An IPv6 address, with a prefix's length (128 if it has none), as its eight numbers and that
      length. Zeros stay: the address is not the shortest text.

      Type: fromString :: String -> { address :: String; prefixLength :: Int; }

      Example:
        network.ipv6.fromString "2001:DB8::1/32"
        => { address = "2001:db8:0:0:0:0:0:1"; prefixLength = 32; }
        (network.ipv6.fromString "1:2").address
        => error: "1:2" is not a valid IPv6 address: it has 2 groups, and not 8
        (network.ipv6.fromString "::/129").prefixLength
        => error: IPv6 subnet should be in range [1;128], got 129
    */
    fromString =
      text:
      let
        parts = splitString "/" text;
        prefix = toInt (elemAt parts 1);
      in
      if length parts > 2 then
        throw "\"${text}\" is not a valid IPv6 address in CIDR notation"
      else
        {
          address = concatMapStringsSep ":" hexadecimal (numbers (head parts));
          prefixLength =
            if length parts == 1 then
              128
            else if prefix < 1 || prefix > 128 then
              throw "${text} IPv6 subnet should be in range [1;128], got ${toString prefix}"
            else
              prefix;
        };
  };
}
