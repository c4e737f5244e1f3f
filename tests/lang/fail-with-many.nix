with { first = 1; };
with { b = 2; };
with { c = 3; };
with { d = 4; };
(x:
with { e = 5; };
with { f = 6; };
{ there = first; lacking = frist; }) 0
