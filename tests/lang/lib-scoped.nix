y + builtins.length [ y ]
