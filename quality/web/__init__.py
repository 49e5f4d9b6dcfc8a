"""Pages, forms, charts, languages and API conventions of the web application."""
