let s = { n = 10; __functor = self: x: self.n + x; }; in [ (s 1) (map s [ 1 2 ]) ((s // { n = 0; }) 5) ]
