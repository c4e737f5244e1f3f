let
  g = x: x.value;
  f = x: g x + 1;
in
{
  result = f { valu = 1; };
}.result
