"""What a preview is of: a questionnaire, an invented visit, a language, the platform's own words."""

from collections.abc import Mapping
from dataclasses import dataclass

from quality.web.platform import PlatformCard
from surveys.dispatch.text import MessageFacts, Template
from surveys.dispatch.writing import Sender, facts_of
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.facts import Facts

MESSAGE_LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What all previews of a page share; `link` is as long as a real one, `moment` is when it is asked."""

    questionnaire: Questionnaire
    visit: Facts
    language: str
    card: PlatformCard
    templates: Mapping[tuple[str, str], Template]
    link: str
    moment: str = "visit"

    @property
    def message_language(self) -> str:
        """Give the language of SMS and e-mails; French stands in for one that they are not written in."""
        return self.language if self.language in MESSAGE_LANGUAGES else "fr"

    def template(self, name: str) -> Template:
        return self.templates[name, self.message_language]

    def facts(self, *, is_sms: bool) -> MessageFacts:
        """Give what a message says of the visit, without its question."""
        card = self.card
        sender = Sender(card.name, card.sms_name, card.phone, card.hours, "")
        sample = facts_of(sender, self.visit.organisation, self.visit.day, self.link, is_sms=is_sms)
        return MessageFacts(
            platform=sample.platform,
            organisation=sample.organisation,
            day=sample.day,
            link=sample.link,
            phone=sample.phone,
            hours=sample.hours,
            mode=self.visit.mode,
            audience=self.visit.audience,
            activity_words=self.visit.activity_words,
        )
