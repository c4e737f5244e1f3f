let x = "1\n2"; in ''
    ${x}
      y
  ''
