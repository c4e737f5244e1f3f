with builtins; [ (bitAnd 12 10) (bitOr 12 10) (bitXor 12 10) (ceil 1.2) (floor (-1.2)) (add 1 2) (sub 5 3) (mul 2 3) (div 7 2) (lessThan 1 2) ]
