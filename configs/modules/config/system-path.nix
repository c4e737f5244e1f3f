# The machine's /usr: one tree of links into all its packages.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.environment;

  # Without these a machine neither starts nor can be repaired.
  required = with pkgs; [
    base-files
    bash
    coreutils
    dash
    diffutils
    e2fsprogs
    findutils
    grep
    gzip
    hostname
    iproute2
    kmod
    less
    liblzma5
    libc-bin
    login
    mawk
    mount
    ncurses-base
    ncurses-bin
    netbase
    passwd
    procps
    python3
    python3-jinja2
    sed
    systemd
    systemd-sysv
    tar
    tzdata
    udev
    util-linux
    libnss-systemd
    libpam-systemd
    libpam-runtime
  ];

  hasNix = lib.any (package: package.debianName or "" == "nix-bin") cfg.systemPackages;
  packages = pkgs.closure (
    cfg.systemPackages ++ [ pkgs.neve ] ++ lib.optional (!hasNix) pkgs.neve.nixStore
  );

  pythonVersion =
    let
      names = lib.filter (name: name != null) (
        map (package: builtins.match "libpython(3\\.[0-9]+)-minimal" (package.debianName or "")) packages
      );
    in
    builtins.head (builtins.head names);

  pythonSources = lib.filter (
    package: builtins.match "(libpython3.*|python3-.*)" (package.debianName or "") != null
  ) packages;

  byteCode =
    target:
    pkgs.builtin "python-bytecode" "python-bytecode" {
      inherit target;
      sources = builtins.toJSON (map (package: "${package}/usr/${target}") pythonSources);
      skip = builtins.toJSON [
        "ensurepip"
        "idlelib"
        "lib2to3"
        "pydoc_data"
        "test"
        "tests"
        "tkinter"
        "turtledemo"
      ];
      tools = pkgs.tools.python;
    };
in
{
  options = {
    environment.systemPackages = lib.mkOption {
      type = lib.types.listOf lib.types.package;
      default = [ ];
      example = lib.literalExpression "[ pkgs.git pkgs.vim ]";
      description = "Packages whose programs and data appear under /usr, with all they depend on.";
    };
    environment.links = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = { };
      example = {
        "bin/editor" = "vim.tiny";
      };
      description = ''
        Links below /usr that no package brings: what Debian's alternatives would set.
      '';
    };
    system.path = lib.mkOption {
      internal = true;
      type = lib.types.package;
      description = "The tree that stands at /usr.";
    };
    system.pathPackages = lib.mkOption {
      internal = true;
      type = lib.types.listOf lib.types.package;
      description = "All packages under /usr, with what they depend on.";
    };
  };

  config = {
    environment.systemPackages = required;
    environment.links = {
      "bin/awk" = lib.mkDefault "mawk";
      "bin/which" = lib.mkDefault "which.debianutils";
      "bin/pager" = lib.mkDefault "less";
      "lib/modules" = "/run/booted-system/kernel-modules/lib/modules";
    };
    system.pathPackages = packages;
    system.path = pkgs.linkTree {
      name = "system-path";
      packages = packages ++ [
        (byteCode "lib/python${pythonVersion}")
        (byteCode "lib/python3/dist-packages")
      ];
      links = cfg.links;
      # Users are made by Neve's own activation, modules come from the booted kernel.
      exclude = [
        "lib/sysusers.d"
        "lib/modules"
        "share/doc"
        "share/man"
        "share/locale"
        "share/lintian"
        "share/info"
        "share/bug"
      ];
    };
  };
}
