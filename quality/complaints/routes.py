"""Every page about complaints, gathered for the component."""

from quality.complaints.learning import monthly_pages
from quality.complaints.learning import pages as learning_pages
from quality.complaints.pages import complaint_page as pages
from quality.complaints.pages import letter_pages, list_pages, new_pages, reply_pages, transmission_pages

ROUTES = (
    *list_pages.ROUTES,
    *new_pages.ROUTES,
    *pages.ROUTES,
    *letter_pages.ROUTES,
    *reply_pages.ROUTES,
    *transmission_pages.ROUTES,
    *learning_pages.ROUTES,
    *monthly_pages.ROUTES,
)
MENU = transmission_pages.MENU
PROVIDER_LINKS = learning_pages.PROVIDER_LINKS
