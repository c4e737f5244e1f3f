((a: b: { c, d ? b }: [ a b c d ]) 1 2 { c = 3; })
