# A web server with SSH and an administrator's account.
{ pkgs, ... }:
{
  imports = [ ./minimal.nix ];

  networking.hostName = "server";

  services.openssh = {
    enable = true;
    settings.PasswordAuthentication = false;
  };
  services.nginx = {
    enable = true;
    virtualHosts.localhost = {
      default = true;
      root = pkgs.writeTextDir "index.html" "<h1>It works, and it can be rolled back.</h1>\n";
    };
  };
  networking.firewall.allowedTCPPorts = [ 80 ];

  security.sudo.enable = true;
  users.users.admin = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    initialPassword = "neve";
  };
}
