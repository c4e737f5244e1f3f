# More sets of `with` around than are looked for one by one: inner ones first, all of them
# lazy, through functions, and a name bound by `let` before all.
let make = let
  hidden = "let";
  a = { a = 1; all = "a"; };
in
with a;
with { b = 2; all = "b"; hidden = "b"; };
with { c = 3; all = "c"; };
with { d = 4; all = "d"; };
with { e = a.a + d; low = "e"; };
x:
with { f = e + x; g = throw "not asked for"; };
y:
with { h = f + y; low = "h"; };
with (if h > 0 then { i = h + b; } else throw "never");
{
  inherit all low hidden a b c d e h i;
  later = z: with { j = i + z; }; [ j all low (with { all = "inner"; }; all) ];
};
r = make 10 100;
in [ (removeAttrs r [ "later" ]) (r.later 1000) ]
