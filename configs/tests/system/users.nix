# Users, their rights, their shells, and files in /etc.
{ pkgs, ... }:
let
  # The hashes of "secret" and "other".
  secret = "$6$neve$x.UHxzDNOiafA0ogLYLtzURlP2iTBAknBj6LFJxTwj8wJaCfNN3UEdL9QrQ0EdssuxXtiXZm7i2nhir4HrETy0";
  other = "$6$neve$PrxJwgC1.gJSoyXMJOEeEd2HRfmbErN3J4HvAmMNce33/U5EdgBGX/35OaQX7f8u5NiBiY0RQcI48I4rJq7Nk/";
in
{
  users.groups.crew = { };
  users.users.alice = {
    isNormalUser = true;
    description = "Alice of the tests";
    extraGroups = [
      "wheel"
      "crew"
    ];
    hashedPassword = secret;
  };
  users.users.bob = {
    isNormalUser = true;
    uid = 1234;
    home = "/home/robert";
    homeMode = "750";
    shell = pkgs.zsh;
    hashedPassword = other;
  };

  security.sudo = {
    enable = true;
    extraRules = [
      {
        users = [ "bob" ];
        runAs = "root";
        commands = [
          {
            command = "/usr/bin/id -u";
            options = [ "NOPASSWD" ];
          }
        ];
      }
    ];
  };
  security.wrappers.crew-id = {
    setgid = true;
    owner = "root";
    group = "crew";
    source = "/usr/bin/id";
  };
  security.pam.loginLimits = [
    {
      domain = "alice";
      type = "-";
      item = "nofile";
      value = 777;
    }
    {
      domain = "@crew";
      type = "hard";
      item = "core";
      value = "0";
    }
  ];

  environment = {
    etc."private.conf" = {
      text = "private\n";
      mode = "0600";
      user = "alice";
      group = "crew";
    };
    etc."deep/er/link.conf".text = "linked\n";
    etc."elsewhere.conf" = {
      target = "else/where.conf";
      source = pkgs.writeText "where" "sourced\n";
    };
    etc."unwanted.conf" = {
      enable = false;
      text = "unwanted\n";
    };
    variables.EDITOR = "true";
    variables.LISTED = [
      "/one"
      "/two"
    ];
    sessionVariables.SESSION = "from the session";
    shellAliases.hail = "echo hail from all shells";
    shellInit = "export SHELL_INIT=all";
    links."bin/also-true" = "true";
  };
  programs.bash = {
    shellAliases.bashful = "echo bashful";
    shellInit = "export BASH_INIT=bash";
    loginShellInit = "export LOGIN_INIT=login";
    interactiveShellInit = "INTERACTIVE=yes";
    promptInit = "PS1='proof> '";
  };
}
