# Variants of a machine, each with a boot entry of its own.
{
  config,
  lib,
  extendModules,
  noUserModules,
  ...
}:
{
  options.specialisation = lib.mkOption {
    type = lib.types.attrsOf (
      lib.types.submodule (
        { config, ... }:
        {
          options = {
            inheritParentConfig = lib.mkOption {
              type = lib.types.bool;
              default = true;
              description = "Whether the variant starts from the machine's own configuration, or from nothing but the system's modules.";
            };
            configuration = lib.mkOption {
              type = lib.types.deferredModule;
              default = { };
              description = "What the variant sets.";
            };
          };
        }
      )
    );
    default = { };
    example = lib.literalExpression "{ rescue.configuration.systemd.defaultUnit = \"rescue.target\"; }";
    description = "Variants by name.";
  };

  options.system.build.specialisations = lib.mkOption {
    internal = true;
    type = lib.types.attrsOf lib.types.raw;
    description = "The variants' configurations.";
  };

  config.system.build.specialisations = lib.mapAttrs (
    _: variant:
    ((if variant.inheritParentConfig then extendModules else noUserModules.extendModules) {
      modules = [
        variant.configuration
        { specialisation = lib.mkOverride 0 { }; }
      ];
    }).config
  ) config.specialisation;
}
