# What a machine test adds to each machine: the harness's root shell, its folder, quick failure.
{ config, lib, pkgs, ... }:
let
  # Above a machine's own defaults, below what a node says.
  weakly = lib.mkOverride 900;
  serial = if pkgs.stdenv.hostPlatform.isAarch64 then "ttyAMA0" else "ttyS0";
in
{
  systemd.services.backdoor = {
    description = "Root shell of the test harness";
    wantedBy = [ "sysinit.target" ];
    requires = [ "dev-hvc0.device" ];
    after = [ "dev-hvc0.device" "systemd-tmpfiles-setup.service" ];
    unitConfig.DefaultDependencies = false;
    conflicts = [ "shutdown.target" ];
    before = [ "shutdown.target" ];
    # A restart would cut the harness off in the middle of a command.
    restartIfChanged = false;
    serviceConfig = {
      ExecStart = pkgs.writeShellScript "backdoor" ''
        export USER=root HOME=/root TERM=dumb
        . /etc/set-environment
        cd /root
        exec < /dev/hvc0 > /dev/hvc0
        stty -F /dev/hvc0 raw -echo
        while ! exec 2> /dev/${serial}; do sleep 0.1; done
        echo "connecting to the harness" >&2
        echo
        echo "Spawning backdoor root shell..."
        PS1="" exec bash --norc --noprofile
      '';
      KillSignal = "SIGHUP";
    };
  };
  systemd.services."serial-getty@hvc0".enable = false;
  # A login there would hang the line up, to which the commands' messages go.
  systemd.services."serial-getty@${serial}".enable = weakly false;

  systemd.mounts = [
    {
      what = "shared";
      where = "/tmp/shared";
      type = "9p";
      options = "trans=virtio,version=9p2000.L,msize=262144";
      wantedBy = [ "multi-user.target" ];
    }
  ];

  boot.kernelParams = [
    "console=${serial}"
    "panic=-1"
    "boot.panic_on_fail"
    "audit=0"
  ];
  # Nothing of these is in a test's machine, or an emulated processor gains nothing by it, and
  # unpacking and trying them takes long.
  boot.blacklistedKernelModules = weakly [
    "aesni_intel"
    "cfg80211"
    "crc32_pclmul"
    "crct10dif_pclmul"
    "ghash_clmulni_intel"
    "i2c_i801"
    "iTCO_wdt"
    "lpc_ich"
    "pcspkr"
    "psmouse"
    "serio_raw"
    "sha1_ssse3"
    "sha256_ssse3"
    "sha512_ssse3"
    "vga16fb"
  ];
  boot.initrd.kernelModules = [ "virtio_console" ];
  systemd.services.systemd-binfmt.enable = weakly false;
  boot.kernel.sysctl."kernel.hung_task_timeout_secs" = 600;
  boot.loader.timeout = weakly 1;
  networking.usePredictableInterfaceNames = false;
  networking.useDHCP = weakly false;
  systemd.network.enable = true;
  services.timesyncd.enable = weakly false;
  services.journald.extraConfig = "ForwardToConsole=no\nRateLimitBurst=0";
  # A machine emulated beside others is slow to find its hardware, and to start its services.
  systemd.extraConfig = "DefaultDeviceTimeoutSec=300\nDefaultTimeoutStartSec=300";
  security.sudo.enable = weakly false;
  users.users.root.initialHashedPassword = lib.mkOverride 150 "";
}
