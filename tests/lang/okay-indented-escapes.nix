let x = 1; in ''
    a ''${x} ''' ''\n ''\t ''$ $${x} ${toString x}
      b
  ''
