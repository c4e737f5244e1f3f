# Units of every kind.
{ pkgs, ... }:
{
  systemd.services.composed = {
    description = "Made of every part";
    wantedBy = [ "multi-user.target" ];
    path = [ (pkgs.writeShellScriptBin "only-here" "echo found\n") ];
    environment.GREETING = ''100% "quoted" \back $HOME'';
    environment.ABSENT = null;
    preStart = "echo before >> /run/composed";
    script = ''
      only-here >> /run/composed
      echo "$# $*" >> /run/composed
      echo "$GREETING" >> /run/composed
    '';
    scriptArgs = "%n two";
    postStart = "echo after >> /run/composed";
    preStop = "echo stopping >> /run/composed";
    postStop = "echo stopped >> /run/composed";
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
    };
  };

  systemd.services.sometimes = {
    startAt = "*:*:0/3";
    script = "echo tick >> /run/sometimes";
  };
  systemd.timers.sometimes.timerConfig.AccuracySec = "100ms";

  # A packaged unit, extended.
  systemd.services.systemd-logind = {
    overrideStrategy = "asDropin";
    environment.DROPPED = "in";
  };

  # Started by a connection, an instance each.
  systemd.sockets.parrot = {
    wantedBy = [ "sockets.target" ];
    listenStreams = [ "/run/parrot.socket" ];
    socketConfig.Accept = true;
  };
  systemd.services."parrot@".serviceConfig = {
    ExecStart = "/usr/bin/cat";
    StandardInput = "socket";
  };

  systemd.targets.stage = {
    wantedBy = [ "multi-user.target" ];
    wants = [ "actor.service" ];
  };
  systemd.services.actor.serviceConfig = {
    ExecStart = "/usr/bin/sleep infinity";
    Slice = "small.slice";
  };
  systemd.slices.small.sliceConfig.MemoryMax = "64M";

  systemd.mounts = [
    {
      what = "tmpfs";
      where = "/mnt/by-unit";
      type = "tmpfs";
      options = "size=1m";
      wantedBy = [ "multi-user.target" ];
    }
  ];

  systemd.paths.spool = {
    wantedBy = [ "multi-user.target" ];
    pathConfig.PathExists = "/run/spool-go";
  };
  systemd.services.spool = {
    serviceConfig.Type = "oneshot";
    script = "mv /run/spool-go /run/spool-gone";
  };

  systemd.tmpfiles.rules = [ "d /run/ruled 0711 alice users -" ];
  systemd.tmpfiles.settings."20-test" = {
    "/run/with space".d = {
      mode = "0750";
      user = "alice";
      group = "crew";
    };
    "/run/written".f.argument = "hello there";
  };

  systemd.user.services.mine = {
    wantedBy = [ "default.target" ];
    script = ''
      echo "$USER" > "$XDG_RUNTIME_DIR/mine"
      exec sleep infinity
    '';
  };
  systemd.user.services.often = {
    startAt = "*:*:0/3";
    script = ''echo tick >> "$XDG_RUNTIME_DIR/often"'';
  };
  systemd.user.timers.often.timerConfig.AccuracySec = "100ms";
}
