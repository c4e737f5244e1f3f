# systemd's units, and what of systemd itself is set up.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.systemd;
  unitLib = import ../../lib/systemd-options.nix { inherit lib; };
  inherit (unitLib) common section;

  environment = mkOption {
    type =
      with types;
      attrsOf (
        nullOr (oneOf [
          str
          path
          package
        ])
      );
    default = { };
    example.LANG = "C.UTF-8";
    description = "Variables of the service's processes.";
  };

  script =
    description:
    mkOption {
      type = types.lines;
      default = "";
      inherit description;
    };

  flag =
    default: description:
    mkOption {
      type = types.bool;
      inherit default description;
    };

  serviceOptions =
    { name, config, ... }:
    {
      options = common // {
        inherit environment;
        path = mkOption {
          type = with types; listOf (either package str);
          default = [ ];
          description = "Packages whose bin folders come first in the service's PATH.";
        };
        serviceConfig = mkOption {
          type = section;
          default = { };
          example.RestartSec = 5;
          description = "Lines of the section [Service].";
        };
        script = script "Shell commands that are the service's main process.";
        scriptArgs = mkOption {
          type = types.str;
          default = "";
          example = "%i";
          description = "Arguments of `script`.";
        };
        preStart = script "Shell commands run before the main process starts.";
        postStart = script "Shell commands run after the main process has started.";
        preStop = script "Shell commands run to stop the service.";
        postStop = script "Shell commands run after the service has stopped.";
        reload = script "Shell commands that make the service read its configuration again.";
        restartIfChanged = flag true "Whether a switch restarts the service when its definition changed.";
        reloadIfChanged = flag false "Whether a switch reloads the service instead of restarting it.";
        stopIfChanged = flag true "Whether a restart by a switch is a stop before and a start after activation.";
        notSocketActivated = flag false "Whether the service is started by a switch though a socket could.";
        startAt = mkOption {
          type = with types; either str (listOf str);
          default = [ ];
          example = "Sun 14:00:00";
          description = "When a timer starts the service, as systemd.time(7) writes it.";
        };
        switchConfig = mkOption {
          internal = true;
          type = section;
          default = { };
          description = "Marks that the switch reads.";
        };
      };
      config = {
        switchConfig = lib.filterAttrs (_: item: item != null) {
          X-RestartIfChanged = if config.restartIfChanged then null else false;
          X-ReloadIfChanged = if config.reloadIfChanged then true else null;
          X-StopIfChanged = if config.stopIfChanged then null else false;
          X-NotSocketActivated = if config.notSocketActivated then true else null;
        };
        serviceConfig =
          let
            run = phase: text: "${pkgs.writeShellScript "unit-${lib.replaceStrings [ "@" ] [ "-" ] name}-${phase}" "set -e\n${text}"}";
          in
          lib.mkMerge [
            (lib.mkIf (config.script != "") {
              ExecStart = lib.concatStringsSep " " (
                [ (run "start" config.script) ] ++ lib.optional (config.scriptArgs != "") config.scriptArgs
              );
            })
            (lib.mkIf (config.preStart != "") { ExecStartPre = [ (run "pre-start" config.preStart) ]; })
            (lib.mkIf (config.postStart != "") { ExecStartPost = [ (run "post-start" config.postStart) ]; })
            (lib.mkIf (config.preStop != "") { ExecStop = run "pre-stop" config.preStop; })
            (lib.mkIf (config.postStop != "") { ExecStopPost = [ (run "post-stop" config.postStop) ]; })
            (lib.mkIf (config.reload != "") { ExecReload = run "reload" config.reload; })
          ];
      };
    };

  plain = sectionName: optionName: extra: {
    options =
      common
      // {
        ${optionName} = mkOption {
          type = section;
          default = { };
          description = "Lines of the section [${sectionName}].";
        };
      }
      // extra;
  };

  socketOptions = plain "Socket" "socketConfig" {
    listenStreams = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "0.0.0.0:993" ];
      description = "Stream addresses to listen on.";
    };
    listenDatagrams = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Datagram addresses to listen on.";
    };
  };
  timerOptions = plain "Timer" "timerConfig" { };
  targetOptions.options = common;
  pathOptions = plain "Path" "pathConfig" { };
  sliceOptions = plain "Slice" "sliceConfig" { };
  mountOptions = plain "Mount" "mountConfig" {
    what = mkOption {
      type = types.str;
      example = "/dev/sda1";
      description = "What is mounted.";
    };
    where = mkOption {
      type = types.str;
      example = "/mnt";
      description = "Where it is mounted.";
    };
    type = mkOption {
      type = types.str;
      default = "";
      example = "ext4";
      description = "The type of the file system.";
    };
    options = mkOption {
      type = types.commas;
      default = "";
      example = "noatime";
      description = "Mount options.";
    };
  };

  unitsOf =
    kind: extraText: definitions:
    lib.mapAttrs' (
      name: unit:
      lib.nameValuePair "${name}.${kind}" {
        text = unitLib.unitSection unit + extraText unit;
        inherit (unit)
          enable
          wantedBy
          requiredBy
          upheldBy
          aliases
          overrideStrategy
          ;
      }
    ) definitions;

  orNull = text: if text == "" then null else text;

  servicePath =
    unit:
    lib.optionalAttrs (unit.path != [ ]) {
      PATH = lib.concatStringsSep ":" (
        lib.concatMap (
          package:
          let
            prefix = "${package}${lib.optionalString (package ? debianName) "/usr"}";
          in
          [
            "${prefix}/bin"
            "${prefix}/sbin"
          ]
        ) unit.path
        ++ [ "/usr/local/bin:/usr/bin:/usr/sbin" ]
      );
    };

  serviceText =
    unit:
    let
      environment = servicePath unit // unit.environment;
    in
    lib.optionalString (unit.serviceConfig != { } || environment != { }) (
      "[Service]\n" + unitLib.environmentLines environment + unitLib.lines unit.serviceConfig
    );
  socketText =
    unit:
    unitLib.toSection "Socket" (
      lib.optionalAttrs (unit.listenStreams != [ ]) { ListenStream = unit.listenStreams; }
      // lib.optionalAttrs (unit.listenDatagrams != [ ]) { ListenDatagram = unit.listenDatagrams; }
      // unit.socketConfig
    );
  mountText =
    unit:
    unitLib.toSection "Mount" (
      lib.filterAttrs (_: item: item != null) {
        What = unit.what;
        Where = unit.where;
        Type = orNull unit.type;
        Options = orNull unit.options;
      }
      // unit.mountConfig
    );

  # Mount units are named by where they mount (systemd.unit(5), "path escaping").
  mounts = builtins.listToAttrs (
    map (unit: lib.nameValuePair (unitLib.escapeSystemdPath unit.where) unit) cfg.mounts
  );

  unitDirectory =
    kind: units:
    pkgs.builtin "systemd-units" "${kind}-units" {
      inherit kind;
      units = builtins.toJSON (
        lib.mapAttrs (_: unit: {
          inherit (unit)
            enable
            wantedBy
            requiredBy
            upheldBy
            aliases
            ;
          override = unit.overrideStrategy;
          text = lib.optionalString (unit.text != null) unit.text;
        }) units
      );
      packages = builtins.toJSON [ "${config.system.path}" ];
    };

  unitsType = types.attrsOf (
    types.submodule {
      options = {
        text = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "The text of the unit.";
        };
        enable = common.enable;
        overrideStrategy = common.overrideStrategy;
        wantedBy = common.wantedBy;
        requiredBy = common.requiredBy;
        upheldBy = common.upheldBy;
        aliases = common.aliases;
      };
    }
  );

  unitSet =
    description: module:
    mkOption {
      type = types.attrsOf (types.submodule module);
      default = { };
      inherit description;
    };

  # The kinds of units that a manager has, the system's or a user's.
  kindsOf = whose: {
    services = unitSet "Services${whose}." serviceOptions;
    sockets = unitSet "Sockets${whose}." socketOptions;
    timers = unitSet "Timers${whose}." timerOptions;
    targets = unitSet "Targets${whose}." targetOptions;
    paths = unitSet "Paths that are watched${whose}." pathOptions;
    slices = unitSet "Slices${whose}." sliceOptions;
  };
  allUnits =
    manager:
    unitsOf "service" serviceText manager.services
    // unitsOf "socket" socketText manager.sockets
    // unitsOf "timer" (unit: unitLib.toSection "Timer" unit.timerConfig) manager.timers
    // unitsOf "target" (_: "") manager.targets
    // unitsOf "path" (unit: unitLib.toSection "Path" unit.pathConfig) manager.paths
    // unitsOf "slice" (unit: unitLib.toSection "Slice" unit.sliceConfig) manager.slices;
  startTimers =
    services:
    lib.mapAttrs (_: service: {
      wantedBy = [ "timers.target" ];
      timerConfig.OnCalendar = service.startAt;
    }) (lib.filterAttrs (_: service: service.enable && service.startAt != [ ]) services);

  # Debian enables by preset or statically what would write to /etc or repair it: here /etc is declared.
  unwanted = [
    "ldconfig.service"
    "systemd-firstboot.service"
    "systemd-hwdb-update.service"
    "systemd-journal-catalog-update.service"
    "systemd-machine-id-commit.service"
    "systemd-sysusers.service"
    "systemd-update-done.service"
  ];
in
{
  options.systemd = kindsOf "" // {
    mounts = mkOption {
      type = types.listOf (types.submodule mountOptions);
      default = [ ];
      description = "Mounts. `fileSystems` is the usual way to declare one.";
    };
    units = mkOption {
      type = unitsType;
      default = { };
      internal = true;
      description = "All units by their full names.";
    };
    generators = mkOption {
      type = types.attrsOf types.path;
      default = { };
      example."systemd-gpt-auto-generator" = "/dev/null";
      description = "Programs that make units at boot; `/dev/null` masks one that a package brings.";
    };
    user = kindsOf " of every user's own manager";
    defaultUnit = mkOption {
      type = types.str;
      default = "multi-user.target";
      description = "The unit that a boot reaches for.";
    };
    extraConfig = mkOption {
      type = types.lines;
      default = "";
      example = "DefaultTimeoutStopSec=20s";
      description = "Lines of the section [Manager] of system.conf.";
    };
    enableEmergencyMode = mkOption {
      type = types.bool;
      default = true;
      description = "Whether a machine that cannot mount its file systems offers a shell.";
    };
  };

  config = {
    systemd.units = lib.mkMerge [
      (allUnits cfg)
      (unitsOf "mount" mountText mounts)
      (lib.genAttrs unwanted (_: {
        enable = lib.mkDefault false;
      }))
      { ${cfg.defaultUnit}.aliases = [ "default.target" ]; }
      (lib.mkIf (!cfg.enableEmergencyMode) {
        "emergency.target".enable = false;
        "emergency.service".enable = false;
      })
    ];

    systemd.timers = startTimers cfg.services;
    systemd.user.timers = startTimers cfg.user.services;

    # What these look for is declared here, or cannot be: each costs a process at every boot.
    systemd.generators = lib.genAttrs [
      "systemd-gpt-auto-generator"
      "systemd-hibernate-resume-generator"
      "systemd-rc-local-generator"
      "systemd-system-update-generator"
      "systemd-sysv-generator"
    ] (_: lib.mkDefault "/dev/null");

    environment.etc = lib.mapAttrs' (
      name: program: lib.nameValuePair "systemd/system-generators/${name}" { source = program; }
    ) cfg.generators
    // {
      "systemd/system".source = unitDirectory "system" cfg.units;
      "systemd/user".source = unitDirectory "user" (allUnits cfg.user);
      "systemd/system.conf".text = "[Manager]\n${cfg.extraConfig}\n";
      "systemd/user.conf".text = "[Manager]\n";
      "systemd/logind.conf".text = "[Login]\n";
    };
  };
}
