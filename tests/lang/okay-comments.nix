# one
/* two */ 1 /** doc */ + # three
2 /* a * b **/
