let fix = f: let x = f x; in x; ext = a: b: self: let s = a self; in s // b self s; in (fix (ext (self: { a = 1; b = self.a + 1; }) (self: super: { a = 10; c = super.b; })))
