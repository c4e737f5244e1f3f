{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.boot;
in
{
  options.boot = {
    kernelPackages = mkOption {
      type = types.raw;
      default = pkgs.linuxPackages;
      defaultText = lib.literalExpression "pkgs.linuxPackages";
      example = lib.literalExpression "pkgs.linuxPackages_cloud";
      description = "The kernel and its modules: `pkgs.linuxPackagesFor` of a Debian kernel package.";
    };
    kernelParams = mkOption {
      type = types.listOf (types.strMatching "([^\"[:space:]]|(\"[^\"]*\"))+");
      default = [ ];
      description = "Parameters on the kernel's command line.";
    };
    consoleLogLevel = mkOption {
      type = types.int;
      default = 4;
      description = "Messages of a level below this one appear on the console.";
    };
    kernelModules = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Modules loaded at boot and at a switch, whether or not hardware asks for them.";
    };
    extraModprobeConfig = mkOption {
      type = types.lines;
      default = "";
      example = "options parport_pc io=0x378 irq=7";
      description = "Lines of modprobe.d(5).";
    };
    blacklistedKernelModules = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Modules that hardware does not load by itself.";
    };
    growPartition = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the root's partition grows to its disk at boot.";
    };
  };

  config = {
    boot.kernelParams = [ "loglevel=${toString cfg.consoleLogLevel}" ];
    environment.etc = {
      "modules-load.d/neve.conf".text = lib.concatLines cfg.kernelModules;
      # The last file that sets an option wins; packages bring some of their own.
      "modprobe.d/zz-neve.conf".text =
        lib.concatMapStrings (name: "blacklist ${name}\n") cfg.blacklistedKernelModules
        + cfg.extraModprobeConfig;
    };
    systemd.services.systemd-modules-load.restartTriggers = [ cfg.kernelModules ];
    systemd.services.systemd-repart = lib.mkIf cfg.growPartition {
      wantedBy = [ "sysinit.target" ];
      before = [ "systemd-growfs-root.service" ];
    };
    environment.systemPackages = lib.mkIf cfg.growPartition [ pkgs.systemd-repart ];
    environment.etc."repart.d/50-root.conf" = lib.mkIf cfg.growPartition {
      text = ''
        [Partition]
        Type=root
      '';
    };
  };
}
