# The packages that are built from source here.
final: prev: {
  hits = final.callPackage ./hits { };
}
