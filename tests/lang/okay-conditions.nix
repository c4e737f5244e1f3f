[ (if true then 1 else throw "x") (assert true; 2) (if 1 == 2 then 3 else if false then 4 else 5) ]
