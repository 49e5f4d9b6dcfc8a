"""The open door of every visit: a code left on paper, whoever was or was not asked.

Whoever prints a code holds it, so a code opens an empty question and nothing else, the same until its date
whether somebody answered or not: the first answer gives its respondent a link of their own. Answers that come
by a door are kept apart (collector `self`): they enter no drawn figure. Where one code gave several, all are
kept, each with the reason why it is doubtful.

Nor do they withdraw, delay or shorten anything that the draw has asked, nor count as a contact. The provider
holds the codes of all its clients: it could otherwise silence the draw where it expects a bad mark, by one
answer of its own, and nobody would know. So whoever answered on the sheet is still asked when the draw says
so, by the same few messages as anybody; one word by their link, their telephone or STOP ends them.
"""
