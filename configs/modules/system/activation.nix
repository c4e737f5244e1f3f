# What a machine does at every boot and every switch to become what is declared.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  step = types.submodule {
    options = {
      deps = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Steps that come before this one.";
      };
      text = mkOption {
        type = types.lines;
        default = "";
        description = "Shell commands; the first that fails stops the activation.";
      };
      builtin = mkOption {
        internal = true;
        type = types.nullOr types.str;
        default = null;
        description = "A step that the switcher itself knows how to do.";
      };
      supportsDryActivation = mkOption {
        type = types.bool;
        default = false;
        description = "Whether the commands heed NIXOS_ACTION=dry-activate and may run then.";
      };
    };
  };
  steps = config.system.activationScripts;
  unknown = lib.concatLists (
    lib.mapAttrsToList (
      name: step: map (dep: "${name} -> ${dep}") (lib.filter (dep: !(steps ? ${dep})) step.deps)
    ) steps
  );
in
{
  options.system = {
    activationScripts = mkOption {
      type = types.attrsOf (types.coercedTo types.str (text: { inherit text; }) step);
      default = { };
      description = "Named steps of the activation, run in the order of their dependencies.";
    };
    build.activation = mkOption {
      internal = true;
      type = types.package;
      description = "The steps as the switcher reads them.";
    };
    switchChecks = mkOption {
      type = types.attrsOf types.lines;
      default = { };
      description = "Shell commands that must succeed before a switch changes anything.";
    };
  };

  config = {
    assertions = [
      {
        assertion = unknown == [ ];
        message = "activation steps depend on steps that do not exist: ${lib.concatStringsSep ", " unknown}";
      }
    ];

    system.activationScripts = {
      users.builtin = "users";
      etc = {
        builtin = "etc";
        deps = [ "users" ];
      };
      hostname = {
        builtin = "hostname";
        deps = [ "etc" ];
      };
      machine-id = {
        builtin = "machine-id";
        deps = [ "etc" ];
      };
      wrappers = {
        builtin = "wrappers";
        deps = [ "users" ];
      };
    };

    system.build.activation = pkgs.tree "activation" {
      "activation.json".text = builtins.toJSON {
        steps = lib.mapAttrs (_: step: {
          inherit (step) deps builtin;
          script = lib.optionalString (step.text != "") step.text;
          dry = step.supportsDryActivation;
        }) steps;
        checks = config.system.switchChecks;
        hostName = config.networking.hostName;
        wrappers = config.security.wrapperSpec;
      };
      "users.json".text = builtins.toJSON config.users.spec;
    };
  };
}
