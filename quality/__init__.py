"""The ground: who, what happened, what it measures, who may see it; and the web application."""
