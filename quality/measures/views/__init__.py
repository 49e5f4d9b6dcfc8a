"""What people see of published figures: home pages, the dashboard, an indicator, its places and providers."""
