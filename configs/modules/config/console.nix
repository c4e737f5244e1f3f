{ config, lib, ... }:
{
  options.console.keyMap = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "de";
    description = "The keyboard's layout on the text console; null leaves the kernel's.";
  };
  config.environment.etc."vconsole.conf".text = lib.optionalString (
    config.console.keyMap != null
  ) "KEYMAP=${config.console.keyMap}\n";
}
