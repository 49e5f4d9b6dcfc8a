"""What falls due about a complaint, minute after minute: reminders, the hand that climbs, letters."""
