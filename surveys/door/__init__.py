"""The open door of every visit: a code left on paper, whoever was or was not asked.

Whoever prints a code holds it, so a code opens an empty question and nothing else: the first answer gives the
respondent a link of their own, and the code opens nothing any more. Answers that come by a door are kept
apart (collector `self`): they enter no drawn figure, and withdraw nothing of what the draw has asked.
"""
