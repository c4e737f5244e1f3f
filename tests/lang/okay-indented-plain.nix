''
    foo
      bar
    baz
  ''
