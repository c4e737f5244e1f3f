let f = x: y: x - y; g = { a, b ? a * 2, ... }@args: a + b + (args.c or 0); h = args@{ a ? 1 }: args; in [ (f 5 3) (g { a = 1; }) (g { a = 1; b = 5; c = 10; }) (h { }) (h { a = 2; }) ]
