"""Mail to the staff, and the SMTP connection that every e-mail uses."""
