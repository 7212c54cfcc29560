"""Words as they are searched: what is kept of a record to find it by, and what a typed text asks for.

Names are found by any two neighbouring characters, by Latin words and codes from their beginning, by full pinyin and by
pinyin initials, by the same sound and with one slip of the fingers. Everything is a set of tokens, so that a database
needs no more than an index of words; `match` then looks at the names themselves and says why one was found.

Limits: the first 100 characters and six parts of what is typed; one slip in a text, in a part of at least three Chinese
characters or four letters; the two most frequent readings of a character and those that `content/words` adds; no
conversion between traditional and simplified characters.
"""
