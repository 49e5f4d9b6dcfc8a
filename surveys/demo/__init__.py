"""What surveys do on the stage of the demonstration: who is asked, who answers, and what was sent."""
