"""The product in the Chromium of the system, on a live demonstration."""
