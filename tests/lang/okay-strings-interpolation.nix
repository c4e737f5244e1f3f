let x = "a"; in "${x}${"b" + "c"}${toString 1}-${{ outPath = "p"; }}-${{ __toString = self: "s"; }}"
