"é" + undefinedé
