{ hello = 1; world = 2; }.helo
