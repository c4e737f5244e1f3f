# Users and groups.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.users;

  password =
    description:
    mkOption {
      type = types.nullOr types.str;
      default = null;
      inherit description;
    };

  userOptions =
    { name, config, ... }:
    {
      options = {
        name = mkOption {
          type = types.str;
          default = name;
          description = "The login name.";
        };
        enable = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the user exists.";
        };
        description = mkOption {
          type = types.singleLineStr;
          default = "";
          description = "The user's full name.";
        };
        uid = mkOption {
          type = types.nullOr types.int;
          default = null;
          description = "The user's number; if null, a free one is chosen and kept for good.";
        };
        isSystemUser = mkOption {
          type = types.bool;
          default = false;
          description = "Whether this is a service's account: its number is below 1000.";
        };
        isNormalUser = mkOption {
          type = types.bool;
          default = false;
          description = "Whether this is a person's account: a home, a shell, the group `users`.";
        };
        group = mkOption {
          type = types.str;
          default = "";
          description = "The user's own group.";
        };
        extraGroups = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Further groups.";
        };
        home = mkOption {
          type = types.str;
          default = "/var/empty";
          description = "The home folder.";
        };
        homeMode = mkOption {
          type = types.strMatching "[0-7]{1,5}";
          default = "700";
          description = "The home folder's mode when it is made.";
        };
        createHome = mkOption {
          type = types.bool;
          default = false;
          description = "Whether activation makes the home folder.";
        };
        shell = mkOption {
          type = types.nullOr (types.either types.str types.package);
          default = "/usr/sbin/nologin";
          description = "The login shell: a path, or a package that says which (`shellPath`).";
        };
        password = password "The password in clear text: the store shows it to everybody.";
        initialPassword = password "The password at first, in clear text: the store shows it to everybody.";
        hashedPassword = password "The password's hash, as crypt(5) describes it; empty for no password.";
        initialHashedPassword = password "The password's hash at first.";
        hashedPasswordFile = password "A file on the machine that holds the password's hash.";
        packages = mkOption {
          type = types.listOf types.package;
          default = [ ];
          description = "Packages for this user; they appear under /usr for all.";
        };
        openssh.authorizedKeys.keys = mkOption {
          type = types.listOf types.singleLineStr;
          default = [ ];
          description = "Public keys that may log in as this user.";
        };
      };
      config = lib.mkMerge [
        (lib.mkIf config.isNormalUser {
          group = lib.mkDefault "users";
          createHome = lib.mkDefault true;
          home = lib.mkDefault "/home/${config.name}";
          shell = lib.mkOverride 900 cfg.defaultUserShell;
        })
      ];
    };

  groupOptions =
    { name, ... }:
    {
      options = {
        name = mkOption {
          type = types.str;
          default = name;
          description = "The group's name.";
        };
        gid = mkOption {
          type = types.nullOr types.int;
          default = null;
          description = "The group's number; if null, a free one is chosen and kept for good.";
        };
        members = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Users that belong to the group.";
        };
      };
    };

  # A Debian shell is called as its package is, and has to be under /usr.
  shellOf =
    shell:
    if shell == null then
      "/usr/sbin/nologin"
    else if lib.isString shell then
      shell
    else if shell ? shellPath then
      "${shell}${shell.shellPath}"
    else if shell ? debianName then
      "/usr/bin/${shell.debianName}"
    else
      "${shell}/bin/sh";

  users = lib.filterAttrs (_: user: user.enable) cfg.users;
  normalOrSystem = user: lib.count lib.id [ user.isSystemUser user.isNormalUser (user.uid == 0) ] == 1;
  fixedIds = files: field: lib.filter (id: id != null) (lib.mapAttrsToList (_: entry: entry.${field}) files);
  doubled = ids: lib.unique (lib.filter (id: lib.count (other: other == id) ids > 1) ids);

  # The accounts and groups with fixed numbers that Debian's base-passwd documents.
  debianGroups = {
    root = 0;
    daemon = 1;
    bin = 2;
    sys = 3;
    adm = 4;
    tty = 5;
    disk = 6;
    lp = 7;
    mail = 8;
    man = 12;
    kmem = 15;
    dialout = 20;
    cdrom = 24;
    floppy = 25;
    tape = 26;
    sudo = 27;
    audio = 29;
    www-data = 33;
    utmp = 43;
    video = 44;
    plugdev = 46;
    staff = 50;
    shadow = 42;
    users = 100;
    nogroup = 65534;
  };
in
{
  options.users = {
    users = mkOption {
      type = types.attrsOf (types.submodule userOptions);
      default = { };
      description = "Accounts.";
    };
    groups = mkOption {
      type = types.attrsOf (types.submodule groupOptions);
      default = { };
      description = "Groups.";
    };
    mutableUsers = mkOption {
      type = types.bool;
      default = true;
      description = ''
        Whether accounts made and passwords changed on the machine survive a switch.
      '';
    };
    defaultUserShell = mkOption {
      type = types.either types.str types.package;
      default = "/bin/bash";
      description = "The shell of people's accounts.";
    };
    spec = mkOption {
      internal = true;
      type = types.attrs;
      description = "Users and groups as activation reads them.";
    };
  };

  config = {
    assertions =
      lib.mapAttrsToList (name: user: {
        assertion = normalOrSystem user;
        message = "exactly one of users.users.${name}.isSystemUser and users.users.${name}.isNormalUser must be set";
      }) users
      ++ lib.mapAttrsToList (name: user: {
        assertion = user.group != "";
        message = "users.users.${name}.group is not set; for a group of the user's own: users.users.${name}.group = \"${name}\"; users.groups.${name} = { };";
      }) users
      ++ lib.mapAttrsToList (name: user: {
        assertion = user.group == "" || cfg.groups ? ${user.group};
        message = "users.users.${name}.group is '${user.group}', which is not in users.groups";
      }) users
      ++ [
        {
          assertion = doubled (fixedIds users "uid") == [ ];
          message = "two users have the same uid: ${toString (doubled (fixedIds users "uid"))}";
        }
        {
          assertion = doubled (fixedIds cfg.groups "gid") == [ ];
          message = "two groups have the same gid: ${toString (doubled (fixedIds cfg.groups "gid"))}";
        }
      ];

    users.groups = lib.mkMerge [
      (lib.mapAttrs (_: gid: { gid = lib.mkDefault gid; }) debianGroups)
      (lib.genAttrs [
        "input"
        "kvm"
        "render"
        "sgx"
        "clock"
        "netdev"
        "systemd-journal"
      ] (_: { }))
    ];

    users.users = {
      root = {
        uid = 0;
        group = "root";
        description = "System administrator";
        home = "/root";
        shell = lib.mkOverride 900 cfg.defaultUserShell;
      };
      daemon = {
        uid = 1;
        isSystemUser = true;
        group = "daemon";
        home = "/usr/sbin";
      };
      nobody = {
        uid = 65534;
        isSystemUser = true;
        group = "nogroup";
        description = "Unprivileged account (don't use!)";
        home = "/nonexistent";
      };
    };

    environment.systemPackages = lib.concatMap (
      user: user.packages ++ lib.optional (user.shell ? debianName) user.shell
    ) (lib.attrValues users);

    users.spec = {
      mutable = cfg.mutableUsers;
      users = lib.mapAttrsToList (_: user: {
        inherit (user)
          name
          description
          uid
          group
          home
          homeMode
          createHome
          password
          initialPassword
          hashedPassword
          initialHashedPassword
          hashedPasswordFile
          ;
        system = !user.isNormalUser;
        shell = shellOf user.shell;
      }) users;
      groups = lib.mapAttrsToList (_: group: {
        inherit (group) name gid;
        members = lib.unique (
          lib.sort builtins.lessThan (
            group.members
            ++ map (user: user.name) (
              lib.filter (user: lib.elem group.name user.extraGroups) (lib.attrValues users)
            )
          )
        );
      }) cfg.groups;
    };
  };
}
