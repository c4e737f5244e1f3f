# Lists built, mapped, filtered and folded.
let
  inherit (builtins) all concatMap elemAt filter foldl' genList length map partition;
  numbers = genList (n: n) 150000;
  sum = foldl' (total: n: total + n) 0;
  isPrime = n: n > 1 && all (d: n - (n / d) * d != 0) (filter (d: d * d <= n) (genList (d: d + 2) 12));
  halves = partition (n: n - (n / 3) * 3 == 0) numbers;
  pairs = concatMap (n: [ n (n * 2) ]) (genList (n: n) 20000);
in
[
  (sum numbers)
  (sum (map (n: n * n) (filter (n: n - (n / 2) * 2 == 1) numbers)))
  (length (filter isPrime (genList (n: n) 15000)))
  (sum halves.right - sum halves.wrong)
  (sum (map (pair: pair + elemAt pairs 7) pairs))
  (foldl' (best: n: if n > best.value then { value = n; steps = best.steps + 1; } else best) { value = -1; steps = 0; } (genList (n: n) 2000)).steps
]
