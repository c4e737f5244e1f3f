# Programs that run with another user's rights: the store never holds one.
{
  config,
  lib,
  ...
}:
let
  inherit (lib) mkOption types;
  wrapper =
    { name, ... }:
    {
      options = {
        enable = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the wrapper is made.";
        };
        program = mkOption {
          type = types.str;
          default = name;
          description = "The wrapper's name in /run/wrappers/bin.";
        };
        source = mkOption {
          type = types.path;
          description = "The program itself.";
        };
        owner = mkOption {
          type = types.str;
          description = "The owner.";
        };
        group = mkOption {
          type = types.str;
          description = "The group.";
        };
        permissions = mkOption {
          type = types.strMatching "[0-7]{3,4}|[ugorwx+=,]+";
          default = "u+rx,g+x,o+x";
          description = "The mode without the set-uid and set-gid bits.";
        };
        setuid = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the program runs as its owner.";
        };
        setgid = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the program runs with its group.";
        };
      };
    };
  setuidRoot = source: {
    setuid = true;
    owner = "root";
    group = "root";
    inherit source;
  };
in
{
  options.security = {
    wrappers = mkOption {
      type = types.attrsOf (types.submodule wrapper);
      default = { };
      description = "Set-user-id and set-group-id programs.";
    };
    wrapperSpec = mkOption {
      internal = true;
      type = types.attrs;
      description = "The wrappers as activation reads them.";
    };
  };
  config.security = {
    wrappers = {
      mount = setuidRoot "/usr/bin/mount";
      umount = setuidRoot "/usr/bin/umount";
      su = setuidRoot "/usr/bin/su";
      newgrp = setuidRoot "/usr/bin/newgrp";
      passwd = setuidRoot "/usr/bin/passwd";
      chfn = setuidRoot "/usr/bin/chfn";
      chsh = setuidRoot "/usr/bin/chsh";
      gpasswd = setuidRoot "/usr/bin/gpasswd";
      unix_chkpwd = {
        setgid = true;
        owner = "root";
        group = "shadow";
        source = "/usr/sbin/unix_chkpwd";
      };
    };
    wrapperSpec = lib.mapAttrs' (
      _: item:
      lib.nameValuePair item.program {
        inherit (item)
          source
          owner
          group
          permissions
          setuid
          setgid
          ;
      }
    ) (lib.filterAttrs (_: item: item.enable) config.security.wrappers);
  };
}
