"""Who and what happened: organisations, clients, interventions, and where and what they are."""
