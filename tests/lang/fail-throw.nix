{ a = throw "the message"; }.a
