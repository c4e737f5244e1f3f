# Package sets by fixed points: many overlays, each changing what the last one made.
let
  inherit (builtins) attrNames foldl' functionArgs genList intersectAttrs listToAttrs mapAttrs;
  fix = f: let self = f self; in self;
  extends = overlay: base: self: let super = base self; in super // overlay self super;
  names = genList (n: "package${toString n}") 1500;
  callPackageWith = set: f: args: makeOverridable f (intersectAttrs (functionArgs f) set // args);
  makeOverridable = f: args: f args // { override = changes: makeOverridable f (args // changes); };
  package = { name, version ? "1.0", dependencies ? [ ], stdenv, fetch, ... }@args: {
    inherit name version;
    inputs = map (d: d.name) dependencies;
    src = fetch { url = "${name}-${version}.tar"; };
    weight = stdenv.base + foldl' (sum: d: sum + d.weight) 0 dependencies;
  };
  base = self:
    listToAttrs (genList (n: {
      name = "package${toString n}";
      value = self.callPackage package {
        name = "package${toString n}";
        dependencies = if n < 3 then [ ] else [ self."package${toString (n / 2)}" self."package${toString (n / 3)}" ];
      };
    }) 1500)
    // { stdenv = { base = 1; }; fetch = { url }: "/src/${url}"; callPackage = callPackageWith self; };
  overlay = n: self: super: {
    "package${toString n}" = super."package${toString n}".override { version = "2.${toString n}"; };
    stdenv = super.stdenv // { base = super.stdenv.base + 1; };
    "extra${toString n}" = self."package${toString (n + 1)}".weight;
    all = mapAttrs (name: p: p.version or "none") super;
  };
  fixed = seed: fix (foldl' (base: overlay: extends overlay base) base (genList overlay 300 ++ [ (self: super: { stdenv.base = seed; }) ]));
  results = set: [
    (foldl' (sum: name: sum + set.${name}.weight) 0 names)
    (foldl' (sum: n: sum + set."extra${toString n}") 0 (genList (n: n) 60))
    (map (name: set.${name}.version) names)
    (map (n: (set."package${toString n}".override { version = "3"; }).src) (genList (n: n) 100))
    (builtins.length (attrNames set.all))
  ];
in
map (seed: results (fixed seed)) (genList (n: n) 4)
