# Neve itself, for a machine: its Python packages with their byte code, and its commands.
{
  lib,
  builtin,
  linkTree,
  tree,
  tools,
  source,
}:
let
  rooms = [
    "bootloader"
    "builder"
    "switcher"
  ];
  kept =
    path: type:
    let
      name = baseNameOf path;
    in
    if type == "directory" then
      name != "__pycache__" && name != "keys"
    else
      lib.any (suffix: lib.hasSuffix suffix name) [
        ".py"
        ".j2"
        ".json"
      ];
  room =
    name:
    builtins.path {
      inherit name;
      path = source + "/${name}";
      filter = kept;
    };
  modules = tree "neve-modules" (
    builtins.listToAttrs (
      map (name: {
        name = "lib/neve/${name}";
        value.copy = "${room name}";
      }) rooms
    )
  );
  byteCode = builtin "python-bytecode" "neve-bytecode" {
    sources = builtins.toJSON [ "${modules}/lib/neve" ];
    target = "lib/neve";
    tools = tools.python;
  };
  command = module: function: {
    executable = true;
    text = ''
      #!/usr/bin/python3 -Es
      import sys
      sys.path.insert(0, "/usr/lib/neve")
      from ${module} import ${function}
      sys.exit(${function}())
    '';
  };
  commands = tree "neve-commands" { "bin/neve" = command "builder.cli.main" "neve"; };
in
linkTree {
  name = "neve";
  packages = [
    modules
    byteCode
    commands
  ];
}
// {
  # What other machines call for `nix copy --to ssh://…`; Nix itself has a program of that name.
  nixStore = tree "neve-nix-store" {
    "bin/nix-store" = command "builder.cli.serve_protocol" "nix_store";
  };
}
