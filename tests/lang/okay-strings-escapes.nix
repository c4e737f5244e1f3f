"tab\tnewline\nquote\"dollar\${x} $${y} \q $ backslash\\"
