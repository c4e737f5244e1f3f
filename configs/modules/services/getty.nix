# Logins on the consoles.
{
  config,
  lib,
  ...
}:
let
  cfg = config.services.getty;
  arguments = lib.concatStringsSep " " (
    lib.optionals (cfg.autologinUser != null) [
      "--autologin"
      cfg.autologinUser
    ]
    ++ cfg.extraArgs
  );
  getty = line: [
    ""
    "-/sbin/agetty --noreset --noclear ${arguments} --keep-baud ${line}"
  ];
in
{
  options.services.getty = {
    autologinUser = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      description = "A user that is logged in without being asked.";
    };
    extraArgs = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Further arguments of agetty.";
    };
    greetingLine = lib.mkOption {
      type = lib.types.str;
      default = "${config.system.nixos.distroName} ${config.system.nixos.label} (\\m) - \\l";
      defaultText = "name, label, machine and line";
      description = "What stands above the login prompt.";
    };
    helpLine = lib.mkOption {
      type = lib.types.lines;
      default = "";
      description = "What stands below the greeting.";
    };
  };
  config = {
    environment.etc."issue".text = "\n${cfg.greetingLine}\n${cfg.helpLine}\n";
    systemd.services = {
      # systemd-getty-generator starts it on every console named on the kernel's command line.
      "serial-getty@" = {
        serviceConfig.ExecStart = getty "115200,57600,38400,9600 %I $TERM";
        restartIfChanged = false;
      };
      "getty@" = {
        serviceConfig.ExecStart = getty "%I $TERM";
        restartIfChanged = false;
      };
      "getty@tty1".wantedBy = [ "getty.target" ];
    };
  };
}
