[ http://example.org/a?b=c x:y mailto:a@b.c ]
