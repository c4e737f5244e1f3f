{ a = "x"; }.a.b
