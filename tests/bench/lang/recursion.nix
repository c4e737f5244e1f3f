# Calls of functions of one, two and three arguments that call themselves.
let
  fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2);
  tak = x: y: z: if !(y < x) then z else tak (tak (x - 1) y z) (tak (y - 1) z x) (tak (z - 1) x y);
  even = n: n == 0 || odd (n - 1);
  odd = n: n != 0 && even (n - 1);
in
[ (fib 27) (tak 18 12 6) (even 4000) ]
