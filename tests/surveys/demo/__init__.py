"""Tests of what surveys do on the stage of the demonstration."""
