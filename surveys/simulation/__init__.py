"""What a protocol would do before it is followed: visits replayed, then messages, calls, agents and cost."""
