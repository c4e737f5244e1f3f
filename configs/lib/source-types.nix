# Where the content of a package comes from, for `meta.sourceProvenance`.
{ lib }:
let
  kind = shortName: isSource: { inherit shortName isSource; };
in
{
  /**
    Built from the source that people write.

    Type: fromSource :: AttrSet

    Example:
      sourceTypes.fromSource.isSource
      => true
  */
  fromSource = kind "fromSource" true;

  /**
    Programs that somebody else compiled, as Debian's packages are.

    Type: binaryNativeCode :: AttrSet

    Example:
      sourceTypes.binaryNativeCode
      => { isSource = false; shortName = "binaryNativeCode"; }
  */
  binaryNativeCode = kind "binaryNativeCode" false;

  /**
    Code that somebody else compiled for a virtual machine.

    Type: binaryBytecode :: AttrSet

    Example:
      sourceTypes.binaryBytecode.isSource
      => false
  */
  binaryBytecode = kind "binaryBytecode" false;

  /**
    Programs that devices run, not the machine.

    Type: binaryFirmware :: AttrSet

    Example:
      sourceTypes.binaryFirmware.shortName
      => "binaryFirmware"
  */
  binaryFirmware = kind "binaryFirmware" false;
}
