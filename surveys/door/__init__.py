"""The open door of every visit: a code left on paper, whoever was or was not asked.

Whoever prints a code holds it, so a code opens an empty question and nothing else, the same until its date
whether somebody answered or not: the first answer gives its respondent a link of their own. Answers that come
by a door are kept apart (collector `self`): they enter no drawn figure, and withdraw nothing of what the draw
has asked. Where one code gave several, all are kept, each with the reason why it is doubtful.
"""
