"""The addresses of the drafts of questionnaires."""

from surveys.authoring.editing import (
    draft_pages,
    question_pages,
    review_pages,
    settings_pages,
    translation_pages,
    trial_pages,
    xlsform_pages,
)

ROUTES = (
    *xlsform_pages.ROUTES,
    *draft_pages.ROUTES,
    *question_pages.ROUTES,
    *settings_pages.ROUTES,
    *translation_pages.ROUTES,
    *trial_pages.ROUTES,
    *review_pages.ROUTES,
)
